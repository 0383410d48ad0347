(* Terms: the syntax of the certificates, its order, and its meaning.

   A name stands for values of three kinds at once: a function from indices to natural numbers, to scalars, and to
   matrices.  A matrix is an infinite array; a letter cuts the part out of it that its shape says.  So every term has a
   meaning in every environment, and a shape that is computed never has to be cast. *)
From Coq Require Import ZArith.
From Coq Require QArith.
From mathcomp Require Import all_ssreflect all_algebra.
From mathcomp Require Import ssrZ.
Set Implicit Arguments. Unset Strict Implicit. Unset Printing Implicit Defensive.
Import Order.Theory GRing.Theory Num.Theory.
Local Open Scope ring_scope.

(* ------------------------------------------------------------------------------------------------------- syntax *)

(* free names, names that quantifiers bind, parameters of families *)
Inductive name := Fr of positive | Bd of positive | Pm of positive.

(* natural numbers: a constant plus a sum of (coefficient * name[indices]) *)
Inductive ntm := Nt of nat & nats
with nats := NNil | NCons of nat & name & nargs & nats
with nargs := GNil | GCons of ntm & nargs.
Scheme ntm_mut := Induction for ntm Sort Prop
with nats_mut := Induction for nats Sort Prop
with nargs_mut := Induction for nargs Sort Prop.
Combined Scheme nat_terms_ind from ntm_mut, nats_mut, nargs_mut.

Notation rat := QArith_base.Q.
Delimit Scope Z_scope with coq_Z.
Notation Frac n d := (QArith_base.Qmake n%coq_Z d%positive).

(* a letter: a variable or a literal, its shape before transposition, and whether it is transposed *)
Inductive base := BV of name & nargs | BL of seq (seq rat).
Record letter := Letter { lbase : base; lr : ntm; lc : ntm; ltr : bool }.
Definition word := seq letter.
Definition row l := if ltr l then lc l else lr l.
Definition col l := if ltr l then lr l else lc l.
Definition fl l := Letter (lbase l) (lr l) (lc l) (negb (ltr l)).
Definition flip (w : word) : word := rev (map fl w).

(* what scalars are made of: scalars, natural numbers, traces *)
Inductive gen := GS of name & nargs | GN of name & nargs | GT of word.
Definition gens := seq gen.
Definition poly K := seq (rat * K).
Definition spoly := poly gens.
Definition mpoly := poly (gens * word).

(* -------------------------------------------------------------------------------------------------------- order *)

Notation "c 'orelse' d" := (match c with Eq => d | x => x end) (at level 60, right associativity).
Definition cmp_name x y := match x, y with
  | Fr a, Fr b | Bd a, Bd b | Pm a, Pm b => Pos.compare a b
  | Fr _, _ => Lt | _, Fr _ => Gt | Bd _, _ => Lt | _, Bd _ => Gt end.
Fixpoint cmp_ntm s t := match s, t with Nt a k, Nt b l => Nat.compare a b orelse cmp_nats k l end
with cmp_nats k l := match k, l with
  | NNil, NNil => Eq | NNil, _ => Lt | _, NNil => Gt
  | NCons a x g k, NCons b y h l =>
    cmp_name x y orelse Nat.compare a b orelse cmp_nargs g h orelse cmp_nats k l end
with cmp_nargs g h := match g, h with
  | GNil, GNil => Eq | GNil, _ => Lt | _, GNil => Gt
  | GCons s g, GCons t h => cmp_ntm s t orelse cmp_nargs g h end.
Definition cmp_rat (p q : rat) :=
  Z.compare (QArith_base.Qnum p) (QArith_base.Qnum q) orelse
  Pos.compare (QArith_base.Qden p) (QArith_base.Qden q).
Section Seq.
Variables (T : Type) (cmp : T -> T -> comparison).
Fixpoint cmp_seq (s t : seq T) := match s, t with
  | [::], [::] => Eq | [::], _ => Lt | _, [::] => Gt
  | x :: s, y :: t => cmp x y orelse cmp_seq s t end.
Lemma cmp_seqP : (forall x y, cmp x y = Eq -> x = y) -> forall s t, cmp_seq s t = Eq -> s = t.
Proof.
by move=> h; elim=> [|x s IH] [|y t] //=; case E: (cmp x y) => // /IH ->; rewrite (h _ _ E).
Qed.
End Seq.
Definition cmp_bool a b := match a, b with true, false => Gt | false, true => Lt | _, _ => Eq end.
Definition cmp_base a b := match a, b with
  | BV x g, BV y h => cmp_name x y orelse cmp_nargs g h
  | BV _ _, _ => Lt | _, BV _ _ => Gt
  | BL e, BL f => cmp_seq (cmp_seq cmp_rat) e f end.
Definition cmp_letter a b :=
  cmp_base (lbase a) (lbase b) orelse cmp_bool (ltr a) (ltr b) orelse
  cmp_ntm (lr a) (lr b) orelse cmp_ntm (lc a) (lc b).
Definition cmp_word : word -> word -> comparison := cmp_seq cmp_letter.
Definition cmp_gen a b := match a, b with
  | GS x g, GS y h | GN x g, GN y h => cmp_name x y orelse cmp_nargs g h
  | GT v, GT w => cmp_word v w
  | GS _ _, _ => Lt | _, GS _ _ => Gt | GN _ _, _ => Lt | _, GN _ _ => Gt end.
Definition cmp_gens : gens -> gens -> comparison := cmp_seq cmp_gen.
Definition cmp_mon (a b : gens * word) := cmp_gens a.1 b.1 orelse cmp_word a.2 b.2.

Lemma cmp_nameP x y : cmp_name x y = Eq -> x = y.
Proof. by case: x y => [a|a|a] [b|b|b] //= /Pos.compare_eq ->. Qed.
Lemma cmp_natsP : (forall s t, cmp_ntm s t = Eq -> s = t) /\
  (forall k l, cmp_nats k l = Eq -> k = l) /\ (forall g h, cmp_nargs g h = Eq -> g = h).
Proof.
apply: nat_terms_ind => [a k IH [b l]|[]|a x g IHg k IHk [|b y h l]|[]|s IHs g IHg [|t h]] //=.
- by case E: Nat.compare => // /IH ->; rewrite (Compare_dec.nat_compare_eq _ _ E).
- case Ex: cmp_name => //; case Ea: Nat.compare => //; case Eg: cmp_nargs => // /IHk ->.
  by rewrite (cmp_nameP Ex) (Compare_dec.nat_compare_eq _ _ Ea) (IHg _ Eg).
- by case E: cmp_ntm => // /IHg ->; rewrite (IHs _ E).
Qed.
Lemma cmp_ntmP s t : cmp_ntm s t = Eq -> s = t. Proof. by have [h _] := cmp_natsP; exact: h. Qed.
Lemma cmp_nargsP s t : cmp_nargs s t = Eq -> s = t. Proof. by have [_ [_ h]] := cmp_natsP; exact: h. Qed.
Lemma cmp_ratP p q : cmp_rat p q = Eq -> p = q.
Proof.
case: p q => [a b] [c d]; rewrite /cmp_rat /=; case E: Z.compare => // /Pos.compare_eq ->.
by rewrite (Z.compare_eq _ _ E).
Qed.
Lemma cmp_baseP a b : cmp_base a b = Eq -> a = b.
Proof.
case: a b => [x g|e] [y h|f] //=.
  by case E: cmp_name => // /cmp_nargsP ->; rewrite (cmp_nameP E).
by move/(cmp_seqP (cmp_seqP cmp_ratP)) ->.
Qed.
Lemma cmp_letterP a b : cmp_letter a b = Eq -> a = b.
Proof.
case: a b => [a r c t] [a' r' c' t']; rewrite /cmp_letter /=; case Ea: cmp_base => //.
case Et: cmp_bool => //; case Er: cmp_ntm => // /cmp_ntmP ->; rewrite (cmp_baseP Ea) (cmp_ntmP Er).
by case: t t' Et => [] [].
Qed.
Lemma cmp_wordP v w : cmp_word v w = Eq -> v = w. Proof. exact: cmp_seqP cmp_letterP _ _. Qed.
Lemma cmp_genP a b : cmp_gen a b = Eq -> a = b.
Proof.
case: a b => [x g|x g|v] [y h|y h|w] //=; last by move/cmp_wordP ->.
  by case E: cmp_name => // /cmp_nargsP ->; rewrite (cmp_nameP E).
by case E: cmp_name => // /cmp_nargsP ->; rewrite (cmp_nameP E).
Qed.
Lemma cmp_gensP v w : cmp_gens v w = Eq -> v = w. Proof. exact: cmp_seqP cmp_genP _ _. Qed.
Lemma cmp_monP a b : cmp_mon a b = Eq -> a = b.
Proof.
case: a b => [g v] [h w]; rewrite /cmp_mon /=; case E: cmp_gens => // /cmp_wordP ->.
by rewrite (cmp_gensP E).
Qed.
Definition is_eq c := if c is Eq then true else false.
Definition eqn_ s t := is_eq (cmp_ntm s t).
Lemma eqn_P s t : eqn_ s t -> s = t. Proof. by rewrite /eqn_; case E: cmp_ntm => // _; apply: cmp_ntmP. Qed.
Definition eqx x y := is_eq (cmp_name x y).
Arguments eqx : simpl never.
Arguments eqn_ : simpl never.
Lemma eqxP x y : reflect (x = y) (eqx x y).
Proof.
rewrite /eqx; case E: cmp_name; constructor; first exact: cmp_nameP.
all: by move=> e; move: E; rewrite e; case: y {e} => a; rewrite /= Pos.compare_refl.
Qed.
Lemma eqxx_ x : eqx x x. Proof. by apply/eqxP. Qed.

(* ------------------------------------------------------------------------------------------------- environments *)

Section Meaning.
Variable R : rcfType.
Definition array := nat -> nat -> R.
Record env := Env {
  en : name -> seq nat -> nat;
  es : name -> seq nat -> R;
  em : name -> seq nat -> array }.
Definition cut m n (a : array) : 'M[R]_(m, n) := \matrix_(i, j) a i j.
(* the array of a typed matrix: its entries, and 0 outside *)
Definition arr m n (A : 'M[R]_(m, n)) : array := fun i j =>
  match insub i : option 'I_m, insub j : option 'I_n with Some i, Some j => A i j | _, _ => 0 end.
Lemma cut_arr m n (A : 'M[R]_(m, n)) : cut m n (arr A) = A.
Proof. by apply/matrixP => i j; rewrite mxE /arr !valK. Qed.

Definition zr (z : Z) : R := (int_of_Z z)%:~R.
Definition qr (q : rat) : R := zr (QArith_base.Qnum q) / zr (Zpos (QArith_base.Qden q)).

Definition literal m n (e : seq (seq rat)) : 'M[R]_(m, n) :=
  cut m n (fun i j => qr (nth (Frac 0 1) (nth [::] e i) j)).

Section Den.
Variable rho : env.
Definition times (k v : nat) := if k is 1%N then v else (k * v)%N.
Fixpoint nden t : nat := let: Nt c l := t in (c + sden l)%N
with sden l : nat := match l with
  | NNil => 0%N
  | NCons k x g l =>
    let v := times k (en rho x (aden g)) in if l is NNil then v else (v + sden l)%N end
with aden g : seq nat := match g with GNil => [::] | GCons t g => nden t :: aden g end.
Definition lval b m n : 'M[R]_(m, n) := match b with
  | BV x g => cut m n (em rho x (aden g))
  | BL e => literal m n e end.
Definition lden l m n : 'M[R]_(m, n) := if ltr l then (lval (lbase l) n m)^T else lval (lbase l) m n.
Definition onemx m n : 'M[R]_(m, n) := \matrix[scalar_mx_key]_(i, j) (1 *+ ((i : nat) == j)).
Fixpoint wden (w : word) m n : 'M[R]_(m, n) := match w with
  | [::] => onemx m n
  | l :: w => let k := nden (col l) in lden l m k *m wden w k n end.
Definition side (w : word) := if w is l :: _ then row l else Nt 0 NNil.
Definition gden g : R := match g with
  | GS x g => es rho x (aden g)
  | GN x g => (en rho x (aden g))%:R
  | GT w => let m := nden (side w) in \tr (wden w m m) end.
Definition gsden (g : gens) : R := foldr (fun a acc => gden a * acc) 1 g.
Definition pd K (V : zmodType) (f : rat -> K -> V) (p : poly K) : V := foldr (fun t acc => f t.1 t.2 + acc) 0 p.
Definition sterm c (g : gens) : R := qr c * gsden g.
Definition mterm m n c (k : gens * word) : 'M[R]_(m, n) := (qr c * gsden k.1) *: wden k.2 m n.
Definition spden : spoly -> R := pd sterm.
Definition mpden (p : mpoly) m n : 'M[R]_(m, n) := pd (@mterm m n) p.

Lemma sden_cons k x g l : sden (NCons k x g l) = (k * en rho x (aden g) + sden l)%N.
Proof.
have h v : times k v = (k * v)%N by case: k => [|[|k]] //; rewrite mul1n.
by rewrite /= h; case: l => //=; rewrite addn0.
Qed.
Lemma lden_fl l m n : lden (fl l) m n = (lden l n m)^T.
Proof. by rewrite /lden; case: l => b r c []; rewrite //= trmxK. Qed.
Lemma row_fl l : row (fl l) = col l. Proof. by case: l => b r c []. Qed.
Lemma col_fl l : col (fl l) = row l. Proof. by case: l => b r c []. Qed.
Lemma onemx1 n : onemx n n = 1%:M. Proof. by []. Qed.

(* words that fit together *)
Fixpoint wty (w : word) r c := if w is l :: w then eqn_ r (row l) && wty w (col l) c else eqn_ r c.
Lemma wden_cat v w r k n : wty v r k ->
  wden (v ++ w) (nden r) n = wden v (nden r) (nden k) *m wden w (nden k) n.
Proof.
elim: v r => [|l v IH] r /=; first by move=> /eqn_P ->; rewrite onemx1 mul1mx.
by move=> /andP[/eqn_P -> /IH ->]; rewrite mulmxA.
Qed.
Lemma wty_cat v w r k c : wty v r k -> wty w k c -> wty (v ++ w) r c.
Proof.
elim: v r => [|l v IH] r /=; first by move=> /eqn_P ->.
by move=> /andP[-> /IH h] /h.
Qed.
Lemma eqn_refl_ t : eqn_ t t.
Proof.
have : (forall t, cmp_ntm t t = Eq) /\ (forall t, cmp_nats t t = Eq) /\ (forall t, cmp_nargs t t = Eq).
  apply: nat_terms_ind => [a k IH||a x g IHg k IHk||s IHs g IHg] //=.
  - by rewrite PeanoNat.Nat.compare_refl.
  - have := eqxx_ x; rewrite /eqx; case: cmp_name => // _.
    by rewrite PeanoNat.Nat.compare_refl IHg.
  - by rewrite IHs.
by rewrite /eqn_ => [[-> _]].
Qed.
Lemma flip_cons l w : flip (l :: w) = flip w ++ [:: fl l].
Proof. by rewrite /flip /= rev_cons -cats1. Qed.
Lemma wty_flip w r c : wty w r c -> wty (flip w) c r.
Proof.
elim: w r => [|l w IH] r; first by move=> /eqn_P -> /=; exact: eqn_refl_.
rewrite flip_cons /= => /andP[/eqn_P -> /IH h]; apply: wty_cat h _ => /=.
by rewrite row_fl col_fl !eqn_refl_.
Qed.
Lemma wden_flip w r c : wty w r c -> wden (flip w) (nden c) (nden r) = (wden w (nden r) (nden c))^T.
Proof.
elim: w r => [|l w IH] r.
  by move=> /eqn_P ->; rewrite /= onemx1 trmx1.
move=> /andP[/eqn_P -> h]; rewrite flip_cons (wden_cat _ _ (wty_flip h)) (IH _ h) /=.
by rewrite trmx_mul col_fl lden_fl onemx1 mulmx1.
Qed.
End Den.
End Meaning.
Arguments spden : simpl never.
Arguments mpden : simpl never.
Arguments qr : simpl never.
Arguments zr : simpl never.
