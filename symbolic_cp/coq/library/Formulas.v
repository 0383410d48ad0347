(* Formulas: what they mean, where names occur in them, substitution in them, and binding.

   A quantifier binds the name `Bd h`.  A plain variable is a value that does not look at indices; a family is a function
   of them.  The shape of a quantified matrix is not recorded: each letter carries it. *)
From Coq Require Import ZArith.
From mathcomp Require Import all_ssreflect all_algebra.
From SymbolicCP Require Import Terms Algebra Substitution.
Set Implicit Arguments. Unset Strict Implicit. Unset Printing Implicit Defensive.
Import Order.Theory GRing.Theory Num.Theory.
Local Open Scope ring_scope.

Inductive kind := KN | KS | KM.
Definition quantified := (kind * bool)%type.      (* of which kind, and whether it is a family *)
Inductive formula :=
 | EqS of spoly | EqM of ntm & ntm & mpoly | Ge of spoly | Gt of spoly | Falsum
 | And of formula & formula | Or of formula & formula | Imp of formula & formula
 | All of quantified & positive & formula | Ex of quantified & positive & formula.

Definition eqk (a b : kind) := match a, b with KN, KN | KS, KS | KM, KM => true | _, _ => false end.
Definition eqq (a b : quantified) := eqk a.1 b.1 && Bool.eqb a.2 b.2.
Lemma eqqP a b : eqq a b -> a = b. Proof. by case: a b => [[] []] [[] []]. Qed.
Fixpoint eqf (f g : formula) := match f, g with
  | EqS p, EqS q | Ge p, Ge q | Gt p, Gt q => eqs p q
  | EqM r c p, EqM r' c' p' => eqn_ r r' && eqn_ c c' && eqm p p'
  | Falsum, Falsum => true
  | And a b, And c d | Or a b, Or c d | Imp a b, Imp c d => eqf a c && eqf b d
  | All q h a, All q' h' b | Ex q h a, Ex q' h' b => eqq q q' && Pos.eqb h h' && eqf a b
  | _, _ => false end.
Lemma eqfP f g : eqf f g -> f = g.
Proof.
elim: f g => [p|r c p|p|p||a IHa b IHb|a IHa b IHb|a IHa b IHb|q h a IHa|q h a IHa] [p'|r' c' p'|p'|p'||a' b'|a' b'|a' b'|q' h' a'|q' h' a'] //=.
- by move/eqsP ->.
- by move=> /andP[/andP[/eqn_P -> /eqn_P ->] /eqmP ->].
- by move/eqsP ->.
- by move/eqsP ->.
- by move=> /andP[/IHa -> /IHb ->].
- by move=> /andP[/IHa -> /IHb ->].
- by move=> /andP[/IHa -> /IHb ->].
- by move=> /andP[/andP[/eqqP -> /Pos.eqb_eq ->] /IHa ->].
- by move=> /andP[/andP[/eqqP -> /Pos.eqb_eq ->] /IHa ->].
Qed.

(* -------------------------------------------------------------------------------------------------- occurrence *)

Section Has.
Variable x : name.
Fixpoint nhas t := let: Nt _ l := t in nshas l
with nshas l := match l with NNil => false | NCons _ y g l => eqx x y || ghas g || nshas l end
with ghas g := match g with GNil => false | GCons t g => nhas t || ghas g end.
Lemma nhasE c l : nhas (Nt c l) = nshas l. Proof. by []. Qed.
Lemma nshas_cons k y g l : nshas (NCons k y g l) = eqx x y || ghas g || nshas l. Proof. by []. Qed.
Lemma ghas_cons t g : ghas (GCons t g) = nhas t || ghas g. Proof. by []. Qed.
Definition bhas b := if b is BV y g then eqx x y || ghas g else false.
Definition lhas l := [|| bhas (lbase l), nhas (lr l) | nhas (lc l)].
Definition whas := has lhas.
Definition genhas a := match a with GS y g | GN y g => eqx x y || ghas g | GT w => whas w end.
Definition shas (p : spoly) := has (fun t => has genhas t.2) p.
Definition mhas (p : mpoly) := has (fun t => has genhas t.2.1 || whas t.2.2) p.
Fixpoint fhas f := match f with
  | EqS p | Ge p | Gt p => shas p
  | EqM r c p => [|| nhas r, nhas c | mhas p]
  | Falsum => false
  | And a b | Or a b | Imp a b => fhas a || fhas b
  | All _ h a | Ex _ h a => ~~ eqx x (Bd h) && fhas a end.
Definition ohas (o : option nargs) := if o is Some g then ghas g else false.
Definition vhas v := match v with
  | VN _ t => nhas t | VS _ p => shas p | VM _ r c p => [|| nhas r, nhas c | mhas p]
  | RN y o | RS y o | RM y o => eqx x y || ohas o end.
End Has.

Section Meaning.
Variable R : rcfType.
Implicit Types rho sigma : env R.

Definition agree rho sigma x := (forall a, en rho x a = en sigma x a) /\
  (forall a, es rho x a = es sigma x a) /\ (forall a i j, em rho x a i j = em sigma x a i j).
Lemma agree_refl rho x : agree rho rho x. Proof. by []. Qed.
Lemma agree_sym rho sigma x : agree rho sigma x -> agree sigma rho x.
Proof. by move=> [h1 [h2 h3]]; split=> [a|]; [rewrite h1|split=> [a|a i j]; rewrite ?h2 ?h3]. Qed.
Lemma agree_trans rho sigma tau x : agree rho sigma x -> agree sigma tau x -> agree rho tau x.
Proof.
by move=> [h1 [h2 h3]] [k1 [k2 k3]]; split=> [a|]; [rewrite h1|split=> [a|a i j]; rewrite ?h2 ?h3].
Qed.

Section Agree.
Variables rho sigma : env R.
Local Notation ok P t := (forall x, P x t -> agree rho sigma x).
Lemma nat_agree : (forall t, ok nhas t -> nden rho t = nden sigma t) /\
  (forall l, ok nshas l -> sden rho l = sden sigma l) /\ (forall g, ok ghas g -> aden rho g = aden sigma g).
Proof.
apply: nat_terms_ind => [c l IH|//|c y g IHg l IHl|//|t IHt g IHg] h.
- by rewrite !ndenE IH.
- have [e _] : agree rho sigma y by apply: h; rewrite nshas_cons eqxx_.
  rewrite !sden_cons IHg ?IHl ?e // => x hx; apply: h; by rewrite nshas_cons hx ?orbT.
- have e1 : nden rho t = nden sigma t by apply: IHt => x hx; apply: h; rewrite ghas_cons hx.
  have e2 : aden rho g = aden sigma g by apply: IHg => x hx; apply: h; rewrite ghas_cons hx orbT.
  exact: congr2 e1 e2.
Qed.
Lemma nden_agree t : ok nhas t -> nden rho t = nden sigma t. Proof. by have [h _] := nat_agree; exact: h. Qed.
Lemma aden_agree g : ok ghas g -> aden rho g = aden sigma g.
Proof. by have [_ [_ h]] := nat_agree; exact: h. Qed.
Lemma lval_agree b m n : ok bhas b -> lval rho b m n = lval sigma b m n.
Proof.
case: b => [y g|e] // h; have [_ [_ e]] : agree rho sigma y by apply: h; rewrite /= eqxx_.
apply/matrixP => i j; rewrite !mxE e aden_agree // => x hx; apply: h; by rewrite /= hx orbT.
Qed.
Lemma lden_agree l m n : ok lhas l -> lden rho l m n = lden sigma l m n.
Proof. by move=> h; rewrite /lden; case: ifP => _; rewrite lval_agree // => x hx; apply: h; rewrite /lhas hx. Qed.
Lemma row_agree l : ok lhas l -> nden rho (row l) = nden sigma (row l).
Proof. by move=> h; apply: nden_agree => x hx; apply: h; move: hx; rewrite /lhas /row; case: ifP => _ ->; rewrite ?orbT. Qed.
Lemma col_agree l : ok lhas l -> nden rho (col l) = nden sigma (col l).
Proof. by move=> h; apply: nden_agree => x hx; apply: h; move: hx; rewrite /lhas /col; case: ifP => _ ->; rewrite ?orbT. Qed.
Lemma wden_agree w m n : ok whas w -> wden rho w m n = wden sigma w m n.
Proof.
elim: w m => [|l w IH] m h //=; have hl : ok lhas l by move=> x hx; apply: h; rewrite /= hx.
by rewrite col_agree // lden_agree // IH // => x hx; apply: h; rewrite /= hx orbT.
Qed.
Lemma gden_agree a : ok genhas a -> gden rho a = gden sigma a.
Proof.
case: a => [y g|y g|w] h /=; last first.
- have -> : nden rho (side w) = nden sigma (side w); last by rewrite wden_agree.
  by case: w h => [|l w] h //=; apply: row_agree => x hx; apply: h; rewrite /= hx.
- have [e _] : agree rho sigma y by apply: h; rewrite /= eqxx_.
  by rewrite e aden_agree // => x hx; apply: h; rewrite /= hx orbT.
- have [_ [e _]] : agree rho sigma y by apply: h; rewrite /= eqxx_.
  by rewrite e aden_agree // => x hx; apply: h; rewrite /= hx orbT.
Qed.
Lemma gsden_agree (g : gens) : (forall x, has (genhas x) g -> agree rho sigma x) -> gsden rho g = gsden sigma g.
Proof.
elim: g => [|a g IH] h //=; rewrite gden_agree ?IH // => x hx; apply: h; by rewrite /= hx ?orbT.
Qed.
Lemma spden_agree p : ok shas p -> spden rho p = spden sigma p.
Proof.
elim: p => [|t p IH] h //; rewrite !spden_cons gsden_agree ?IH // => x hx; apply: h; by rewrite /= hx ?orbT.
Qed.
Lemma mpden_agree p m n : ok mhas p -> mpden rho p m n = mpden sigma p m n.
Proof.
elim: p => [|t p IH] h //; rewrite !mpden_cons gsden_agree ?wden_agree ?IH // => x hx; apply: h;
by rewrite /= hx ?orbT.
Qed.
End Agree.

(* ------------------------------------------------------------------------------------------------ what is meant *)

Definition member (k : kind) : Type := match k with KN => nat | KS => R | KM => array R end.
Definition value (q : quantified) : Type := if q.2 then seq nat -> member q.1 else member q.1.
Definition family q : value q -> seq nat -> member q.1 :=
  match q with (k, true) => fun v => v | (k, false) => fun v _ => v end.
(* what Bd h meant before is overwritten in all three kinds *)
Definition update_family rho x (k : kind) (v : seq nat -> member k) : env R := {|
  en := fun y => if eqx y x then match k return (seq nat -> member k) -> seq nat -> nat with
    | KN => fun v => v | _ => fun _ _ => 0%N end v else en rho y;
  es := fun y => if eqx y x then match k return (seq nat -> member k) -> seq nat -> R with
    | KS => fun v => v | _ => fun _ _ => 0 end v else es rho y;
  em := fun y => if eqx y x then match k return (seq nat -> member k) -> seq nat -> array R with
    | KM => fun v => v | _ => fun _ _ _ _ => 0 end v else em rho y |}.
Definition update rho x q (v : value q) : env R := update_family rho x (family v).
Fixpoint den (f : formula) rho : Prop := match f with
  | EqS p => spden rho p = 0
  | EqM r c p => mpden rho p (nden rho r) (nden rho c) = 0
  | Ge p => 0 <= spden rho p
  | Gt p => 0 < spden rho p
  | Falsum => False
  | And a b => den a rho /\ den b rho
  | Or a b => den a rho \/ den b rho
  | Imp a b => den a rho -> den b rho
  | All q h a => forall v : value q, den a (update rho (Bd h) v)
  | Ex q h a => exists v : value q, den a (update rho (Bd h) v) end.

Lemma agree_update rho sigma x y q (v : value q) : (x <> y -> agree rho sigma x) ->
  agree (update rho y v) (update sigma y v) x.
Proof. by rewrite /agree /update /=; case: eqxP => // ne /(_ ne) h. Qed.
Lemma agree_fresh rho x y q (v : value q) : x <> y -> agree (update rho y v) rho x.
Proof. by rewrite /agree /update /=; case: eqxP. Qed.
Lemma den_agree f rho sigma : (forall x, fhas x f -> agree rho sigma x) -> den f rho <-> den f sigma.
Proof.
have at_l a b : (forall x, fhas x a || fhas x b -> agree rho sigma x) -> forall x, fhas x a -> agree rho sigma x.
  by move=> h x hx; apply: h; rewrite hx.
have at_r a b : (forall x, fhas x a || fhas x b -> agree rho sigma x) -> forall x, fhas x b -> agree rho sigma x.
  by move=> h x hx; apply: h; rewrite hx orbT.
elim: f rho sigma {at_l at_r} => [p|r c p|p|p||a IHa b IHb|a IHa b IHb|a IHa b IHb|q k a IHa|q k a IHa] rho sigma h /=.
- by rewrite (spden_agree h).
- have e1 : nden rho r = nden sigma r by apply: nden_agree => x hx; apply: h; rewrite /= hx.
  have e2 : nden rho c = nden sigma c by apply: nden_agree => x hx; apply: h; rewrite /= hx orbT.
  by rewrite e1 e2 (@mpden_agree _ sigma) // => x hx; apply: h; rewrite /= hx !orbT.
- by rewrite (spden_agree h).
- by rewrite (spden_agree h).
- by [].
- have [ha hb] : (den a rho <-> den a sigma) /\ (den b rho <-> den b sigma).
    by split; [apply: IHa|apply: IHb] => x hx; apply: h; rewrite /= hx ?orbT.
  by split=> -[/ha h1 /hb h2].
- have [ha hb] : (den a rho <-> den a sigma) /\ (den b rho <-> den b sigma).
    by split; [apply: IHa|apply: IHb] => x hx; apply: h; rewrite /= hx ?orbT.
  by split=> -[/ha|/hb]; [left|right|left|right].
- have [ha hb] : (den a rho <-> den a sigma) /\ (den b rho <-> den b sigma).
    by split; [apply: IHa|apply: IHb] => x hx; apply: h; rewrite /= hx ?orbT.
  by split=> i /ha /i /hb.
- have e (v : value q) : den a (update rho (Bd k) v) <-> den a (update sigma (Bd k) v).
    by apply: IHa => x hx; apply: agree_update => /eqxP ne; apply: h; rewrite /= ne.
  by split=> i v; apply/e.
- have e (v : value q) : den a (update rho (Bd k) v) <-> den a (update sigma (Bd k) v).
    by apply: IHa => x hx; apply: agree_update => /eqxP ne; apply: h; rewrite /= ne.
  by split=> -[v /e i]; exists v.
Qed.
End Meaning.

(* ------------------------------------------------------------------------------------------------- substitution *)

Fixpoint fsub (s : subst) f := let k := lookups s in match f with
  | EqS p => EqS (ssub_ k p)
  | EqM r c p => EqM (nsub k r) (nsub k c) (msub k p)
  | Ge p => Ge (ssub_ k p)
  | Gt p => Gt (ssub_ k p)
  | Falsum => Falsum
  | And a b => And (fsub s a) (fsub s b)
  | Or a b => Or (fsub s a) (fsub s b)
  | Imp a b => Imp (fsub s a) (fsub s b)
  | All q h a => All q h (fsub s a)
  | Ex q h a => Ex q h (fsub s a) end.
(* the shapes fit, and nothing that is put is captured *)
Definition free_of h (s : subst) := (if find s (Bd h) is None then true else false) &&
  all (fun e => ~~ vhas (Bd h) e.2) s.
Fixpoint fits_in (s : subst) f := let k := lookups s in match f with
  | EqS p | Ge p | Gt p => sfits k p
  | EqM r c p => mfits k r c p
  | Falsum => true
  | And a b | Or a b | Imp a b => fits_in s a && fits_in s b
  | All _ h a | Ex _ h a => free_of h s && fits_in s a end.
Definition ffits s f := sane s && fits_in s f.

Section Sound.
Variable R : rcfType.
Implicit Types rho sigma : env R.
Lemma find_all (P : pred val) s x v : all (fun e : name * val => P e.2) s -> find s x = Some v -> P v.
Proof.
elim: s => //= [[y u] s IH] /andP[h1 h2]; case: ifP => _; last exact: IH.
by case=> <-.
Qed.
Lemma change_update s rho h q (v : value R q) : free_of h s ->
  forall x, agree (change (update rho (Bd h) v) s) (update (change rho s) (Bd h) v) x.
Proof.
move=> /andP[h1 h2] x; have ne w : find s x = Some w -> ~~ vhas (Bd h) w by exact: (@find_all (fun w => ~~ vhas (Bd h) w) _ _ _ h2).
have hx w : find s x = Some w -> eqx x (Bd h) = false.
  by move=> e; case: eqxP => // ex; move: h1; rewrite -ex e.
have fresh y : ~~ eqx (Bd h) y -> agree (update rho (Bd h) v) rho y.
  by move=> /eqxP n; apply: agree_fresh => e; exact: n (esym e).
have wp a y : ~~ eqx (Bd h) y -> agree (with_params (update rho (Bd h) v) a) (with_params rho a) y.
  move=> /fresh [e1 [e2 e3]]; split=> [b|]; last by split.
  by case: y e1 {e2 e3} => y e1 //; exact: e1.
have fp (T : Type) (P : name -> T -> bool) (z : T) : ~~ P (Bd h) z -> forall y, P y z -> ~~ eqx (Bd h) y.
  by move=> n y hy; apply/eqxP => e; move: n; rewrite e hy.
have at__ a o : ~~ ohas (Bd h) o -> at_ (update rho (Bd h) v) a o = at_ rho a o.
  by case: o => //= g n; apply: aden_agree => y /(fp _ ghas _ n); exact: fresh.
pose U := update rho (Bd h) v.
have pick (fam : bool) a y : ~~ eqx (Bd h) y ->
    agree (if fam then with_params U a else U) (if fam then with_params rho a else rho) y.
  by move=> n; case: fam; [exact: wp|exact: fresh].
rewrite /agree [update (change rho s) _ _]/update /=.
case E: (find s x) => [w|]; last by [].
rewrite (hx _ E); have {E} := ne _ E.
have ex y o : ~~ (eqx (Bd h) y || ohas (Bd h) o) -> ~~ ohas (Bd h) o /\ eqx y (Bd h) = false.
  rewrite negb_or => /andP[/eqxP n1 ->]; split=> //; by case: eqxP => // e; case: n1.
case: w => [fam t|fam p|fam r c p|y o|y o|y o] /= n.
- split=> // a; apply: nden_agree => y /(fp _ nhas _ n); exact: pick.
- split=> //; split=> // a; apply: spden_agree => y /(fp _ shas _ n); exact: pick.
- move: n; rewrite !negb_or => /and3P[n1 n2 n3]; split=> //; split=> // a i j.
  rewrite !(@nden_agree _ (if fam then with_params U a else U) (if fam then with_params rho a else rho)).
  + by rewrite (@mpden_agree _ _ (if fam then with_params rho a else rho)) // => y /(fp _ mhas _ n3); exact: pick.
  + by move=> y /(fp _ nhas _ n2); exact: pick.
  + by move=> y /(fp _ nhas _ n1); exact: pick.
- by have [n1 ->] := ex _ _ n; split=> // a; rewrite at__.
- by have [n1 ->] := ex _ _ n; split=> //; split=> // a; rewrite at__.
- by have [n1 ->] := ex _ _ n; split=> //; split=> // a i j; rewrite at__.
Qed.
Theorem den_sub f s rho : ffits s f -> den (fsub s f) rho <-> den f (change rho s).
Proof.
move=> /andP[ss]; have M sigma := change_ok sigma ss.
elim: f rho => [p|r c p|p|p||a IHa b IHb|a IHa b IHb|a IHa b IHb|q h a IHa|q h a IHa] rho /=.
- by move=> h; rewrite (ssub__ok (M rho) h).
- by move=> h; rewrite !(nsub_ok (M rho)) (msub_ok (M rho) h).
- by move=> h; rewrite (ssub__ok (M rho) h).
- by move=> h; rewrite (ssub__ok (M rho) h).
- by [].
- by move=> /andP[/(IHa rho) ea /(IHb rho) eb]; split=> -[/ea i /eb j].
- by move=> /andP[/(IHa rho) ea /(IHb rho) eb]; split=> -[/ea|/eb]; [left|right|left|right].
- by move=> /andP[/(IHa rho) ea /(IHb rho) eb]; split=> i /ea /i /eb.
- move=> /andP[f1 f2]; have e (v : value R q) : den (fsub s a) (update rho (Bd h) v) <-> den a (update (change rho s) (Bd h) v).
    apply: iff_trans (IHa _ f2) _; apply: den_agree => x _; exact: change_update f1 x.
  by split=> i v; apply/e.
- move=> /andP[f1 f2]; have e (v : value R q) : den (fsub s a) (update rho (Bd h) v) <-> den a (update (change rho s) (Bd h) v).
    apply: iff_trans (IHa _ f2) _; apply: den_agree => x _; exact: change_update f1 x.
  by split=> -[v /e i]; exists v.
Qed.
End Sound.

(* the normal form of a formula *)
Definition normal f := fsub [::] f.
Lemma change_nil (R : rcfType) (rho : env R) x : agree (change rho [::]) rho x. Proof. by []. Qed.
Lemma den_normal (R : rcfType) f (rho : env R) : ffits [::] f -> den (normal f) rho <-> den f rho.
Proof.
by move=> h; apply: iff_trans (den_sub _ h) _; apply: den_agree => x _; exact: change_nil.
Qed.

(* ------------------------------------------------------------------------------------------------------ binding *)

Fixpoint height f : positive := match f with
  | EqS _ | EqM _ _ _ | Ge _ | Gt _ | Falsum => 1%positive
  | And a b | Or a b | Imp a b => Pos.max (height a) (height b)
  | All _ h a | Ex _ h a => Pos.succ h end.
Definition rename (k : kind) (y : name) (o : option nargs) : val := match k with
  | KN => RN y o | KS => RS y o | KM => RM y o end.
Definition bound (q : quantified) x f := fsub [:: (x, rename q.1 (Bd (height f)) None)] f.
Definition can_bind (q : quantified) x f := let h := height f in
  ffits [:: (x, rename q.1 (Bd h) None)] f && ~~ fhas (Bd h) f.
Definition all_ q x f := All q (height f) (bound q x f).
Definition ex_ q x f := Ex q (height f) (bound q x f).

Section Bind.
Variable R : rcfType.
(* x is given the value, in its own kind only *)
Definition set_family (rho : env R) x (k : kind) (v : seq nat -> member R k) : env R := {|
  en := fun y => if eqx y x then match k return (seq nat -> member R k) -> seq nat -> nat with
    | KN => fun v => v | _ => fun _ => en rho y end v else en rho y;
  es := fun y => if eqx y x then match k return (seq nat -> member R k) -> seq nat -> R with
    | KS => fun v => v | _ => fun _ => es rho y end v else es rho y;
  em := fun y => if eqx y x then match k return (seq nat -> member R k) -> seq nat -> array R with
    | KM => fun v => v | _ => fun _ => em rho y end v else em rho y |}.
Definition set (rho : env R) x q (v : value R q) := set_family rho x (family v).
Lemma agree_set_off (rho : env R) x y q (v : value R q) : x <> y -> agree (set rho y v) rho x.
Proof. by rewrite /agree /set /=; case: eqxP. Qed.
Lemma agree_set (rho sigma : env R) x y q (v : value R q) : agree rho sigma x -> agree (set rho y v) (set sigma y v) x.
Proof.
rewrite /agree /set /=; case: eqxP => // _; case: q v => [[] b] v [h1 [h2 h3]] /=; by split=> //; split.
Qed.
Lemma den_bound q x f (rho : env R) (v : value R q) : can_bind q x f ->
  den (bound q x f) (update rho (Bd (height f)) v) <-> den f (set rho x v).
Proof.
move=> /andP[h1 h2]; apply: iff_trans (den_sub _ h1) _; apply: den_agree => y hy.
have ne : y <> Bd (height f) by move=> e; move: h2; rewrite -e hy.
have [e1 [e2 e3]] := agree_fresh rho v ne.
have sym z : eqx x z = eqx z x by case: eqxP => [->|n]; [rewrite eqxx_|case: eqxP => // e; case: n].
rewrite /agree /set /= sym; case E: (eqx y x); last by split=> [a|]; [exact: e1|split].
case: q v h1 {h2 hy} e1 e2 e3 => [[] b] v h1 e1 e2 e3 /=; rewrite ?eqxx_ /=.
- by split.
- by split; [exact: e1|split=> //; exact: e3].
- by split; [exact: e1|split=> //; exact: e2].
Qed.
Lemma den_all q x f (rho : env R) : can_bind q x f ->
  den (all_ q x f) rho <-> forall v : value R q, den f (set rho x v).
Proof. by move=> h; split=> i v; apply/(den_bound rho v h); exact: i v. Qed.
Lemma den_ex q x f (rho : env R) : can_bind q x f ->
  den (ex_ q x f) rho <-> exists v : value R q, den f (set rho x v).
Proof. by move=> h; split=> -[v /(den_bound rho v h) i]; exists v. Qed.
End Bind.
