(* Reading: a formula of the certificate says what the statement says that a person reads.

   `text` is the meaning of a formula with its atoms written as people write them: `A *m B = C` and not
   `1 *: A *m (B *m 1) + ... = 0`.  The lemmas `read_...` then put typed matrices for arrays, quantifier by quantifier; the
   tactic `reading` applies them, and at the atoms both sides are the same by computation. *)
From Coq Require Import ZArith.
From mathcomp Require Import all_ssreflect all_algebra.
From mathcomp Require Import ssrZ.
From SymbolicCP Require Import Terms Algebra Substitution Formulas.
Set Implicit Arguments. Unset Strict Implicit. Unset Printing Implicit Defensive.
Import Order.Theory GRing.Theory Num.Theory.
Local Open Scope ring_scope.

(* a number that is too large to be written as a unary one *)
Notation number R z := (@zr R z%coq_Z).

Section Text.
Variable R : rcfType.
Implicit Types rho : env R.

Definition ptext (p : positive) : R := if Pos.eqb p 1 then 1 else
  if Pos.leb p 100 then (Pos.to_nat p)%:R else zr R (Zpos p).
Definition qtext (q : rat) : R := match QArith_base.Qnum q with
  | Z0 => 0
  | Zpos n | Zneg n => if Pos.eqb (QArith_base.Qden q) 1 then ptext n else ptext n / ptext (QArith_base.Qden q) end.
Definition is_unit (q : rat) := match q with QArith_base.Qmake (Zpos 1 | Zneg 1) 1 => true | _ => false end.
Definition negative (q : rat) := if QArith_base.Qnum q is Zneg _ then true else false.
Definition positive_ (q : rat) := if QArith_base.Qnum q is Zpos _ then true else false.

Section Env.
Variable rho : env R.
Fixpoint product_text m k (M : 'M[R]_(m, k)) (l : letter) (w : word) n : 'M[R]_(m, n) :=
  if w is l' :: w then product_text (M *m lden rho l k (nden rho (col l))) l' w n else M *m lden rho l k n.
Definition wtext (w : word) m n : 'M[R]_(m, n) := match w with
  | [::] => onemx R m n | [:: l] => lden rho l m n
  | l :: l' :: w => product_text (lden rho l m (nden rho (col l))) l' w n end.
Definition gtext (a : gen) : R := match a with
  | GS x g => es rho x (aden rho g)
  | GN x g => (en rho x (aden rho g))%:R
  | GT w => let m := nden rho (side w) in \tr (wtext w m m) end.
Definition gens_text (g : gens) : R := if g is a :: g then foldl (fun acc b => acc * gtext b) (gtext a) g else 1.
Definition coef_text (q : rat) (g : gens) : R := if g is [::] then qtext q else
  if is_unit q then gens_text g else qtext q * gens_text g.
Definition mterm_text m n (t : rat * (gens * word)) : 'M[R]_(m, n) :=
  if is_unit t.1 && nilp t.2.1 then wtext t.2.2 m n else coef_text t.1 t.2.1 *: wtext t.2.2 m n.
Definition sterm_text (t : rat * gens) : R := coef_text t.1 t.2.
Definition sum_text K (V : zmodType) (f : rat * K -> V) (p : poly K) : V :=
  if p is t :: p then foldl (fun acc t => acc + f t) (f t) p else 0.
Definition pos_part K (p : poly K) := filter (fun t => positive_ t.1) p.
Definition neg_part K (p : poly K) := filter (fun t => negative t.1) p.
Definition equation K (V : zmodType) (f : rat * K -> V) (p : poly K) : Prop :=
  if nilp (pos_part p) then sum_text f (neg_part p) = 0 else sum_text f (pos_part p) = sum_text f (neg_part p).
(* an (in)equation between natural numbers is written as such *)
Definition is_natural (p : spoly) := all (fun t => match t with
  | (QArith_base.Qmake _ 1, [::]) | (QArith_base.Qmake _ 1, [:: GN _ _]) => true | _ => false end) p.
Definition size_of (q : rat) : nat := Z.abs_nat (QArith_base.Qnum q).
Fixpoint constants (p : spoly) : nat := match p with
  | [::] => 0 | (q, [::]) :: p => size_of q + constants p | _ :: p => constants p end.
Fixpoint atoms (p : spoly) : nats := match p with
  | [::] => NNil | (q, [:: GN x g]) :: p => NCons (size_of q) x g (atoms p) | _ :: p => atoms p end.
Definition natural (p : spoly) : nat := nden rho (Nt (constants p) (atoms p)).
Definition scalar_equation (p : spoly) : Prop := if is_natural p then
    if nilp (pos_part p) then natural (neg_part p) = 0%N else natural (pos_part p) = natural (neg_part p)
  else equation sterm_text p.
Definition at_most (p : spoly) : Prop := if is_natural p then (natural (neg_part p) <= natural (pos_part p))%N : Prop
  else sum_text sterm_text (neg_part p) <= sum_text sterm_text (pos_part p).
Definition below (p : spoly) : Prop := if is_natural p then (natural (neg_part p) < natural (pos_part p))%N : Prop
  else sum_text sterm_text (neg_part p) < sum_text sterm_text (pos_part p).
End Env.

Fixpoint text (f : formula) rho : Prop := match f with
  | EqS p => scalar_equation rho p
  | EqM r c p => equation (@mterm_text rho (nden rho r) (nden rho c)) p
  | Ge p => at_most rho p
  | Gt p => below rho p
  | Falsum => False
  | And a b => text a rho /\ text b rho
  | Or a b => text a rho \/ text b rho
  | Imp a b => text a rho -> text b rho
  | All q h a => forall v : value R q, text a (update rho (Bd h) v)
  | Ex q h a => exists v : value R q, text a (update rho (Bd h) v) end.

(* ------------------------------------------------------------------------------------------------- it is the same *)

Lemma ptextE p : ptext p = zr R (Zpos p).
Proof.
rewrite /ptext; case: Pos.eqb_spec => [->|_]; first by rewrite /zr.
by case: ifP.
Qed.
Lemma qtextE q : qtext q = (if negative q then - qr R q else qr R q).
Proof.
have q_ n d : (if Pos.eqb d 1 then ptext n else ptext n / ptext d) = zr R (Zpos n) / zr R (Zpos d).
  by case: (Pos.eqb_spec d 1) => [->|_]; rewrite !ptextE // divr1.
case: q => [[|n|n] d]; first by rewrite qrE /zr mul0r.
  exact: q_.
by rewrite [RHS]/= qrE -mulNr -zrN; exact: q_.
Qed.
Lemma is_unitE q : is_unit q -> qtext q = 1.
Proof. by case: q => [[|[n|n|]|[n|n|]] [d|d|]]. Qed.

Section Same.
Variable rho : env R.
Lemma product_textE m r (M : 'M[R]_(m, nden rho r)) l w c : wty (l :: w) r c ->
  product_text rho M l w (nden rho c) = M *m wden rho (l :: w) (nden rho r) (nden rho c).
Proof.
elim: w l r M => [|l' w IH] l r M /= /andP[/eqn_P e h].
  by rewrite -(eqn_P h) onemx1 mulmx1.
by rewrite (IH _ (col l)) // mulmxA.
Qed.
Lemma wtextE w r c : wty w r c -> wtext rho w (nden rho r) (nden rho c) = wden rho w (nden rho r) (nden rho c).
Proof.
case: w => [|l [|l' w]] //= /andP[/eqn_P e h].
  by rewrite -(eqn_P h) onemx1 mulmx1.
by rewrite (@product_textE _ (col l)).
Qed.
Lemma gtextE a : genfits (lookups [::]) a -> gtext rho a = gden rho a.
Proof. by case: a => //= w /andP[h _]; rewrite wtextE. Qed.
Lemma gens_textE g : all (genfits (lookups [::])) g -> gens_text rho g = gsden rho g.
Proof.
case: g => [|a g] //= /andP[ha hg]; rewrite gtextE //.
elim: g (gden rho a) hg => [|b g IH] x /=; first by rewrite mulr1.
by move=> /andP[hb /IH ->]; rewrite gtextE // mulrA.
Qed.
Lemma coef_textE q g : all (genfits (lookups [::])) g ->
  coef_text rho q g = (if negative q then - qr R q else qr R q) * gsden rho g.
Proof.
move=> h; rewrite -qtextE /coef_text; case: g h => [|a g] h; first by rewrite mulr1.
by rewrite gens_textE //; case: ifP => // /is_unitE ->; rewrite mul1r.
Qed.
Lemma sum_textE K (V : zmodType) (f : rat * K -> V) p : sum_text f p = \sum_(t <- p) f t.
Proof.
case: p => [|t p]; rewrite ?big_nil // big_cons /=.
elim: p (f t) => [|s p IH] x /=; first by rewrite big_nil addr0.
by rewrite IH big_cons addrA.
Qed.
Lemma parts K (V : zmodType) (f : rat * K -> V) (g : rat -> K -> V) p :
  all (fun t => if negative t.1 then f t == - g t.1 t.2 else f t == g t.1 t.2) p ->
  (forall a k, qzero a -> g a k = 0) ->
  pd g p = sum_text f (pos_part p) - sum_text f (neg_part p).
Proof.
move=> + z; rewrite !sum_textE; elim: p => [|[a k] p IH] /=; first by rewrite !big_nil subr0.
move=> /andP[h /IH ->]; case: a h => [[|n|n] d] /= /eqP h.
- by rewrite /pos_part /neg_part /= z // add0r.
- by rewrite {1}/pos_part /= big_cons -h addrA.
- by rewrite {2}/neg_part /= big_cons h opprD opprK addrCA.
Qed.
Lemma equationE K (V : zmodType) (f : rat * K -> V) (x : V) p :
  x = sum_text f (pos_part p) - sum_text f (neg_part p) -> x = 0 <-> equation f p.
Proof.
move=> ->; rewrite /equation; case: ifP => [/nilP ->|_]; last first.
  by split=> [/eqP|->]; [rewrite subr_eq0 => /eqP|rewrite subrr].
by rewrite [sum_text f [::]]/= sub0r; split=> [/eqP|->]; [rewrite oppr_eq0 => /eqP|rewrite oppr0].
Qed.
Lemma spden_text p : sfits (lookups [::]) p ->
  spden rho p = sum_text (sterm_text rho) (pos_part p) - sum_text (sterm_text rho) (neg_part p).
Proof.
move=> h; apply: parts; last exact: sterm0.
apply: sub_all h => t h; rewrite /sterm_text coef_textE // /sterm.
by case: (negative t.1); rewrite ?mulNr.
Qed.
Lemma mpden_text r c p : mfits (lookups [::]) r c p ->
  mpden rho p (nden rho r) (nden rho c) =
  sum_text (@mterm_text rho _ _) (pos_part p) - sum_text (@mterm_text rho _ _) (neg_part p).
Proof.
move=> /andP[h1 h2]; apply: parts; last exact: mterm0.
elim: p h1 h2 => //= t p IH /andP[t1 h1] /andP[/andP[t2 _] h2]; rewrite IH // andbT.
have -> : mterm_text rho (nden rho r) (nden rho c) t =
    ((if negative t.1 then - qr R t.1 else qr R t.1) * gsden rho t.2.1) *: wden rho t.2.2 (nden rho r) (nden rho c).
  rewrite /mterm_text wtextE // coef_textE //; case: ifP => // /andP[/is_unitE u /nilP ->].
  by rewrite mulr1 -qtextE u scale1r.
by rewrite /mterm; case: (negative t.1); rewrite ?mulNr ?scaleNr.
Qed.
Lemma natural_cons q g p : natural rho ((q, g) :: p) =
  (size_of q * (match g with [::] => 1 | [:: GN x g] => en rho x (aden rho g) | _ => 0 end) + natural rho p)%N.
Proof.
rewrite /natural; case: g => [|[y h|y h|w] [|b g]]; rewrite !ndenE /= ?muln0 ?muln1 ?addnA //.
by rewrite -/(sden rho _) sden_cons addnCA addnA.
Qed.
Lemma naturalE p : is_natural p -> spden rho p = (natural rho (pos_part p))%:R - (natural rho (neg_part p))%:R.
Proof.
have zp n : zr R (Zpos n) = (Pos.to_nat n)%:R by [].
elim: p => [|[[a [d|d|]] g] p IH] //=; first by rewrite subrr.
move=> h; have [g1 hp] : gsden rho g = (match g with [::] => 1 | [:: GN x g] => en rho x (aden rho g) | _ => 0 end)%:R /\ is_natural p.
  by case: g h => [|[y k|y k|w] [|b g]] //= h; rewrite ?mulr1.
rewrite spden_cons IH // qrE divr1 g1.
case: a {h} => [|n|n]; rewrite /pos_part /neg_part /=.
- by rewrite /zr mul0r add0r.
- by rewrite natural_cons natrD natrM addrA.
- by rewrite [natural rho (_ :: _)]natural_cons natrD natrM -[Zneg n]/(Z.opp (Zpos n)) zrN mulNr opprD addrCA.
Qed.
End Same.

Theorem den_text f rho : ffits [::] f -> den f rho <-> text f rho.
Proof.
move=> /andP[_]; elim: f rho => [p|r c p|p|p||a IHa b IHb|a IHa b IHb|a IHa b IHb|q h a IHa|q h a IHa] rho /=.
- move=> h; rewrite /scalar_equation; case: ifP => [n|_]; last by apply: equationE; exact: spden_text.
  rewrite naturalE //; case: ifP => [/nilP ->|_]; last first.
    by split=> [/eqP|->]; [rewrite subr_eq0 eqr_nat => /eqP|rewrite subrr].
  by rewrite [natural _ [::]]/= sub0r; split=> [/eqP|->]; [rewrite oppr_eq0 pnatr_eq0 => /eqP|rewrite oppr0].
- by move=> h; apply: equationE; exact: mpden_text.
- by move=> h; rewrite /at_most; case: ifP => [n|_]; [rewrite naturalE // subr_ge0 ler_nat|rewrite spden_text // subr_ge0].
- by move=> h; rewrite /below; case: ifP => [n|_]; [rewrite naturalE // subr_gt0 ltr_nat|rewrite spden_text // subr_gt0].
- by [].
- by move=> /andP[/(IHa rho) ea /(IHb rho) eb]; split=> -[/ea i /eb j].
- by move=> /andP[/(IHa rho) ea /(IHb rho) eb]; split=> -[/ea|/eb]; [left|right|left|right].
- by move=> /andP[/(IHa rho) ea /(IHb rho) eb]; split=> i /ea /i /eb.
- by move=> h2; split=> i v; apply/(IHa _ h2).
- by move=> h2; split=> -[v]; [move/(IHa _ h2)|move/(IHa _ h2)]; exists v.
Qed.

(* --------------------------------------------------------------------------------------------- typed quantifiers *)

Section Read.
Variables (rho : env R) (h : positive) (a : formula).
Local Notation body q v := (text a (@update R rho (Bd h) q v)).
Lemma read_and b P Q : (text a rho <-> P) -> (text b rho <-> Q) -> (text (And a b) rho <-> P /\ Q).
Proof. by move=> e1 e2; split=> -[/e1 i /e2 j]. Qed.
Lemma read_or b P Q : (text a rho <-> P) -> (text b rho <-> Q) -> (text (Or a b) rho <-> P \/ Q).
Proof. by move=> e1 e2; split=> -[/e1|/e2]; [left|right|left|right]. Qed.
Lemma read_imp b (P Q : Prop) : (text a rho <-> P) -> (text b rho <-> Q) -> (text (Imp a b) rho <-> (P -> Q)).
Proof. by move=> e1 e2; split=> i /e1 /i /e2. Qed.

Lemma read_all_n (P : nat -> Prop) : (forall v, body (KN, false) v <-> P v) ->
  (text (All (KN, false) h a) rho <-> forall n, P n).
Proof. by move=> e; split=> i v; apply/e. Qed.
Lemma read_ex_n (P : nat -> Prop) : (forall v, body (KN, false) v <-> P v) ->
  (text (Ex (KN, false) h a) rho <-> exists n, P n).
Proof. by move=> e; split=> -[v /e i]; exists v. Qed.
Lemma read_all_s (P : R -> Prop) : (forall v, body (KS, false) v <-> P v) ->
  (text (All (KS, false) h a) rho <-> forall n, P n).
Proof. by move=> e; split=> i v; apply/e. Qed.
Lemma read_ex_s (P : R -> Prop) : (forall v, body (KS, false) v <-> P v) ->
  (text (Ex (KS, false) h a) rho <-> exists n, P n).
Proof. by move=> e; split=> -[v /e i]; exists v. Qed.
Lemma read_all_m m n (P : 'M[R]_(m, n) -> Prop) : (forall v, body (KM, false) v <-> P (cut m n v)) ->
  (text (All (KM, false) h a) rho <-> forall A, P A).
Proof. by move=> e; split=> [i A|i v]; [rewrite -(cut_arr A)|]; apply/e. Qed.
Lemma read_ex_m m n (P : 'M[R]_(m, n) -> Prop) : (forall v, body (KM, false) v <-> P (cut m n v)) ->
  (text (Ex (KM, false) h a) rho <-> exists A, P A).
Proof.
move=> e; split=> [[v /e i]|[A i]]; first by exists (cut m n v).
by exists (arr A); apply/e; rewrite cut_arr.
Qed.

(* families with one index *)
Lemma read_all_n1 (P : (nat -> nat) -> Prop) : (forall v, body (KN, true) v <-> P (fun k => v [:: k])) ->
  (text (All (KN, true) h a) rho <-> forall d, P d).
Proof. by move=> e; split=> [i d|i v]; [apply/(e (fun s => d (nth 0%N s 0)))|apply/e]. Qed.
Lemma read_ex_n1 (P : (nat -> nat) -> Prop) : (forall v, body (KN, true) v <-> P (fun k => v [:: k])) ->
  (text (Ex (KN, true) h a) rho <-> exists d, P d).
Proof.
move=> e; split=> [[v /e i]|[d i]]; first by exists (fun k => v [:: k]).
by exists (fun s => d (nth 0%N s 0)); apply/e.
Qed.
Lemma read_all_s1 (P : (nat -> R) -> Prop) : (forall v, body (KS, true) v <-> P (fun k => v [:: k])) ->
  (text (All (KS, true) h a) rho <-> forall d, P d).
Proof. by move=> e; split=> [i d|i v]; [apply/(e (fun s => d (nth 0%N s 0)))|apply/e]. Qed.
Lemma read_ex_s1 (P : (nat -> R) -> Prop) : (forall v, body (KS, true) v <-> P (fun k => v [:: k])) ->
  (text (Ex (KS, true) h a) rho <-> exists d, P d).
Proof.
move=> e; split=> [[v /e i]|[d i]]; first by exists (fun k => v [:: k]).
by exists (fun s => d (nth 0%N s 0)); apply/e.
Qed.
Lemma read_all_m1 (r c : nat -> nat) (P : (forall k, 'M[R]_(r k, c k)) -> Prop) :
  (forall v A, (forall k, A k = cut (r k) (c k) (v [:: k])) -> (body (KM, true) v <-> P A)) ->
  (text (All (KM, true) h a) rho <-> forall A, P A).
Proof.
move=> e; split=> [i A|i v]; last by apply/(e v (fun k => cut (r k) (c k) (v [:: k]))).
by apply/(e (fun s => arr (A (nth 0%N s 0)))) => // k; rewrite cut_arr.
Qed.
Lemma read_ex_m1 (r c : nat -> nat) (P : (forall k, 'M[R]_(r k, c k)) -> Prop) :
  (forall v A, (forall k, A k = cut (r k) (c k) (v [:: k])) -> (body (KM, true) v <-> P A)) ->
  (text (Ex (KM, true) h a) rho <-> exists A, P A).
Proof.
move=> e; split=> [[v]|[A i]].
  by move/(e v (fun k => cut (r k) (c k) (v [:: k]))) => i; exists (fun k => cut (r k) (c k) (v [:: k])); exact: i.
by exists (fun s => arr (A (nth 0%N s 0))); apply/(e _ A) => // k; rewrite cut_arr.
Qed.

(* families with two indices *)
Lemma read_all_n2 (P : (nat -> nat -> nat) -> Prop) : (forall v, body (KN, true) v <-> P (fun j k => v [:: j; k])) ->
  (text (All (KN, true) h a) rho <-> forall d, P d).
Proof. by move=> e; split=> [i d|i v]; [apply/(e (fun s => d (nth 0%N s 0) (nth 0%N s 1)))|apply/e]. Qed.
Lemma read_ex_n2 (P : (nat -> nat -> nat) -> Prop) : (forall v, body (KN, true) v <-> P (fun j k => v [:: j; k])) ->
  (text (Ex (KN, true) h a) rho <-> exists d, P d).
Proof.
move=> e; split=> [[v /e i]|[d i]]; first by exists (fun j k => v [:: j; k]).
by exists (fun s => d (nth 0%N s 0) (nth 0%N s 1)); apply/e.
Qed.
Lemma read_all_s2 (P : (nat -> nat -> R) -> Prop) : (forall v, body (KS, true) v <-> P (fun j k => v [:: j; k])) ->
  (text (All (KS, true) h a) rho <-> forall d, P d).
Proof. by move=> e; split=> [i d|i v]; [apply/(e (fun s => d (nth 0%N s 0) (nth 0%N s 1)))|apply/e]. Qed.
Lemma read_ex_s2 (P : (nat -> nat -> R) -> Prop) : (forall v, body (KS, true) v <-> P (fun j k => v [:: j; k])) ->
  (text (Ex (KS, true) h a) rho <-> exists d, P d).
Proof.
move=> e; split=> [[v /e i]|[d i]]; first by exists (fun j k => v [:: j; k]).
by exists (fun s => d (nth 0%N s 0) (nth 0%N s 1)); apply/e.
Qed.
Lemma read_all_m2 (r c : nat -> nat -> nat) (P : (forall j k, 'M[R]_(r j k, c j k)) -> Prop) :
  (forall v A, (forall j k, A j k = cut (r j k) (c j k) (v [:: j; k])) -> (body (KM, true) v <-> P A)) ->
  (text (All (KM, true) h a) rho <-> forall A, P A).
Proof.
move=> e; split=> [i A|i v]; last by apply/(e v (fun j k => cut (r j k) (c j k) (v [:: j; k]))).
by apply/(e (fun s => arr (A (nth 0%N s 0) (nth 0%N s 1)))) => // j k; rewrite cut_arr.
Qed.
Lemma read_ex_m2 (r c : nat -> nat -> nat) (P : (forall j k, 'M[R]_(r j k, c j k)) -> Prop) :
  (forall v A, (forall j k, A j k = cut (r j k) (c j k) (v [:: j; k])) -> (body (KM, true) v <-> P A)) ->
  (text (Ex (KM, true) h a) rho <-> exists A, P A).
Proof.
move=> e; split=> [[v]|[A i]].
  move/(e v (fun j k => cut (r j k) (c j k) (v [:: j; k]))) => i.
  by exists (fun j k => cut (r j k) (c j k) (v [:: j; k])); exact: i.
by exists (fun s => arr (A (nth 0%N s 0) (nth 0%N s 1))); apply/(e _ A) => // j k; rewrite cut_arr.
Qed.
End Read.
End Text.

(* the empty environment *)
Definition nothing (R : rcfType) : env R := Env (fun _ _ => 0%N) (fun _ _ => 0) (fun _ _ _ _ => 0).

(* atoms: members of families are replaced by what they are, then both sides compute to the same *)
Ltac read_atom := repeat match goal with
    | H : forall k, ?A k = cut _ _ _ |- _ => progress (rewrite ?H)
    | H : forall j k, ?A j k = cut _ _ _ |- _ => progress (rewrite ?H) end; exact (iff_refl _).
Ltac reading := cbv beta; lazymatch goal with
  | |- text ?f ?rho <-> _ => let g := eval hnf in f in lazymatch g with
    | And ?a ?b => refine (@read_and _ rho a b _ _ _ _); reading
    | Or ?a ?b => refine (@read_or _ rho a b _ _ _ _); reading
    | Imp ?a ?b => refine (@read_imp _ rho a b _ _ _ _); reading
    | All (KN, false) ?h ?a => refine (@read_all_n _ rho h a _ _); intro; reading
    | Ex (KN, false) ?h ?a => refine (@read_ex_n _ rho h a _ _); intro; reading
    | All (KS, false) ?h ?a => refine (@read_all_s _ rho h a _ _); intro; reading
    | Ex (KS, false) ?h ?a => refine (@read_ex_s _ rho h a _ _); intro; reading
    | All (KM, false) ?h ?a => refine (@read_all_m _ rho h a _ _ _ _); intro; reading
    | Ex (KM, false) ?h ?a => refine (@read_ex_m _ rho h a _ _ _ _); intro; reading
    | All (KN, true) ?h ?a => first [refine (@read_all_n1 _ rho h a _ _)|refine (@read_all_n2 _ rho h a _ _)]; intro; reading
    | Ex (KN, true) ?h ?a => first [refine (@read_ex_n1 _ rho h a _ _)|refine (@read_ex_n2 _ rho h a _ _)]; intro; reading
    | All (KS, true) ?h ?a => first [refine (@read_all_s1 _ rho h a _ _)|refine (@read_all_s2 _ rho h a _ _)]; intro; reading
    | Ex (KS, true) ?h ?a => first [refine (@read_ex_s1 _ rho h a _ _)|refine (@read_ex_s2 _ rho h a _ _)]; intro; reading
    | All (KM, true) ?h ?a =>
      first [refine (@read_all_m1 _ rho h a _ _ _ _)|refine (@read_all_m2 _ rho h a _ _ _ _)]; do 3 intro; reading
    | Ex (KM, true) ?h ?a =>
      first [refine (@read_ex_m1 _ rho h a _ _ _ _)|refine (@read_ex_m2 _ rho h a _ _ _ _)]; do 3 intro; reading
    | _ => read_atom end end.
