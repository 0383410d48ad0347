(* Logic: sequents, and the rules of natural deduction.

   Hypotheses are numbers in a table of formulas.  Each rule is a function that gives a sequent or nothing, followed by
   the theorem that says: from valid sequents it gives a valid one. *)
From Coq Require Import ZArith.
From mathcomp Require Import all_ssreflect all_algebra.
From SymbolicCP Require Import Terms Algebra Substitution Formulas.
Set Implicit Arguments. Unset Strict Implicit. Unset Printing Implicit Defensive.
Import Order.Theory GRing.Theory Num.Theory.
Local Open Scope ring_scope.

Definition hyps := seq positive.
Definition sequent := (hyps * formula)%type.
Definition among (i : positive) (s : hyps) := has (Pos.eqb i) s.
Definition union (s t : hyps) : hyps := s ++ filter (fun i => ~~ among i s) t.
Definition without (i : positive) (s : hyps) : hyps := filter (fun j => ~~ Pos.eqb i j) s.
Definition drop_ (o : option positive) (s : hyps) := if o is Some i then without i s else s.
Notation "'if_' b 'then_' x" := (if b then Some x else None) (at level 200).
Notation "'do' x <- e ; f" := (if e is Some x then f else None) (at level 200, x name).

Section Rules.
Variable table : positive -> formula.
Implicit Types p q r : sequent.

Definition sane_formula f := if_ ffits [::] f then_ normal f.
Definition r_assume (i : positive) : option sequent := Some ([:: i], table i).
Definition r_and_intro p q : option sequent := Some (union p.1 q.1, And p.2 q.2).
Definition r_and_left p : option sequent := if p.2 is And a _ then Some (p.1, a) else None.
Definition r_and_right p : option sequent := if p.2 is And _ b then Some (p.1, b) else None.
Definition r_or_left p f : option sequent := do g <- sane_formula f; Some (p.1, Or p.2 g).
Definition r_or_right p f : option sequent := do g <- sane_formula f; Some (p.1, Or g p.2).
(* the case of a hypothesis that is not used has no number *)
Definition is_hyp (o : option positive) f := if o is Some i then eqf (table i) f else true.
Definition r_cases p q r i j : option sequent := if p.2 is Or a b then
  if_ [&& eqf q.2 r.2, is_hyp i a & is_hyp j b] then_ (union p.1 (union (drop_ i q.1) (drop_ j r.1)), q.2)
  else None.
Definition r_implies_intro p i : option sequent := Some (without i p.1, Imp (table i) p.2).
Definition r_implies_elim p q : option sequent :=
  if p.2 is Imp a b then if_ eqf a q.2 then_ (union p.1 q.1, b) else None.
Definition fresh_in x (s : hyps) := all (fun i => ~~ fhas x (table i)) s.
Definition r_for_all_intro p (q : quantified) x : option sequent :=
  if_ can_bind q x p.2 && fresh_in x p.1 then_ (p.1, all_ q x p.2).
Definition suits (q : quantified) v := match q.1, v with
  | KN, VN fam _ | KS, VS fam _ | KM, VM fam _ _ _ => Bool.eqb q.2 fam
  | _, _ => false end.
Definition instance (q : quantified) h a v := let s := [:: (Bd h, v)] in
  if suits q v && ffits s a then (let b := fsub s a in if_ ~~ fhas (Bd h) b then_ b) else None.
Definition r_for_all_elim p v : option sequent :=
  if p.2 is All q h a then do b <- instance q h a v; Some (p.1, b) else None.
Definition r_exists_intro p goal v : option sequent := do g <- sane_formula goal;
  if g is Ex q h a then do b <- instance q h a v; if_ eqf b p.2 then_ (p.1, g) else None.
Definition r_exists_elim p q i x : option sequent := if p.2 is Ex k h a then
  let s := [:: (Bd h, rename k.1 x None)] in let rest := drop_ i q.1 in
  if_ [&& ffits s a, is_hyp i (fsub s a), ~~ fhas x a, ~~ fhas x q.2, ~~ fhas (Bd h) q.2, ~~ eqx x (Bd h),
    fresh_in x rest & fresh_in (Bd h) rest] then_ (union p.1 rest, q.2)
  else None.
Definition r_falsum_elim p f : option sequent :=
  if p.2 is Falsum then do g <- sane_formula f; Some (p.1, g) else None.
Fixpoint quantifier_free f := match f with
  | And a b | Or a b | Imp a b => quantifier_free a && quantifier_free b
  | All _ _ _ | Ex _ _ _ => false | _ => true end.
Definition r_excluded_middle f : option sequent := do g <- sane_formula f;
  if_ quantifier_free g then_ ([::], Or g (Imp g Falsum)).
Definition same p q := eqf p.2 q.2.

(* ---------------------------------------------------------------------------------------------------- soundness *)

Section Sound.
Variable R : rcfType.
Implicit Types rho : env R.
Definition holds (s : hyps) rho := forall i, among i s -> den (table i) rho.
Definition valid p := forall rho, holds p.1 rho -> den p.2 rho.
Definition ok (o : option sequent) := forall p, o = Some p -> valid p.

Lemma peqbP i j : reflect (i = j) (Pos.eqb i j). Proof. by apply: (iffP idP) => /Pos.eqb_eq. Qed.
Lemma among_union i s t : among i (union s t) = among i s || among i t.
Proof.
rewrite /among /union has_cat; case: (boolP (has _ s)) => //= n.
elim: t => //= j t IH; case: (peqbP i j) => [<-|ne]; first by rewrite /among (negbTE n) /= (introT (peqbP i i)).
by case: ifP => _ //=; rewrite (introF (peqbP i j)).
Qed.
Lemma holds_union s t rho : holds (union s t) rho -> holds s rho /\ holds t rho.
Proof. by move=> h; split=> i hi; apply: h; rewrite among_union hi ?orbT. Qed.
Lemma among_without i j s : among i s -> i <> j -> among i (without j s).
Proof.
elim: s => //= k s IH; case: (peqbP i k) => [<- _ ne|nk] /=.
  by case: (peqbP j i) => [e|_] /=; [case: ne|rewrite (introT (peqbP i i))].
by move=> /IH h /h {}h; case: (peqbP j k) => _ //=; rewrite h orbT.
Qed.
Lemma holds_without i s rho : holds (without i s) rho -> den (table i) rho -> holds s rho.
Proof.
move=> h d j hj; case: (peqbP j i) => [->|ne] //; apply: h; exact: among_without.
Qed.
Lemma holds_drop o f s rho : holds (drop_ o s) rho -> is_hyp o f -> den f rho -> holds s rho.
Proof. by case: o => [i|] //= h /eqfP <-; exact: holds_without. Qed.
Lemma sane_formulaP f g rho : sane_formula f = Some g -> den g rho <-> den f rho.
Proof. by rewrite /sane_formula; case: ifP => // h [<-]; exact: den_normal. Qed.
Lemma holds_fresh x s rho sigma : fresh_in x s -> (forall y, y <> x -> agree rho sigma y) ->
  holds s rho -> holds s sigma.
Proof.
move=> fs ag h i hi; apply/(@den_agree _ _ rho); last exact: h.
move=> y hy; apply: ag => e; move: hy; rewrite e {e}.
elim: s fs hi {h} => //= j s IH /andP[n fs]; case: (peqbP i j) => [->|_]; first by rewrite (negbTE n).
exact: IH.
Qed.

Theorem assume_ok i : ok (r_assume i).
Proof. by move=> p [<-] rho h; apply: h; rewrite /= (introT (peqbP i i)). Qed.
Theorem and_intro_ok p q : valid p -> valid q -> ok (r_and_intro p q).
Proof. by move=> vp vq _ [<-] rho /holds_union [hp hq]; split; [exact: vp|exact: vq]. Qed.
Theorem and_left_ok p : valid p -> ok (r_and_left p).
Proof. by case: p => s [] //= a b vp _ [<-] rho /vp []. Qed.
Theorem and_right_ok p : valid p -> ok (r_and_right p).
Proof. by case: p => s [] //= a b vp _ [<-] rho /vp []. Qed.
Theorem or_left_ok p f : valid p -> ok (r_or_left p f).
Proof. by rewrite /r_or_left; case: sane_formula => // g vp _ [<-] rho /vp; left. Qed.
Theorem or_right_ok p f : valid p -> ok (r_or_right p f).
Proof. by rewrite /r_or_right; case: sane_formula => // g vp _ [<-] rho /vp; right. Qed.
Theorem cases_ok p q r i j : valid p -> valid q -> valid r -> ok (r_cases p q r i j).
Proof.
rewrite /r_cases; case: p => s [] //= a b vp vq vr x; case: ifP => // /and3P[/eqfP e hi hj] [<-] rho /=.
move=> /holds_union [hp /holds_union [hq hr]]; case: (vp _ hp) => d.
  by apply: vq; apply: holds_drop hq hi d.
by rewrite e; apply: vr; apply: holds_drop hr hj d.
Qed.
Theorem implies_intro_ok p i : valid p -> ok (r_implies_intro p i).
Proof. by move=> vp _ [<-] rho h d; apply: vp; apply: holds_without h d. Qed.
Theorem implies_elim_ok p q : valid p -> valid q -> ok (r_implies_elim p q).
Proof.
rewrite /r_implies_elim; case: p => s [] //= a b vp vq x; case: ifP => // /eqfP e [<-] rho /=.
by move=> /holds_union [hp hq]; apply: (vp _ hp); rewrite /= e; exact: vq.
Qed.
Theorem for_all_intro_ok p (q : quantified) x : valid p -> ok (r_for_all_intro p q x).
Proof.
rewrite /r_for_all_intro; move=> vp y; case: ifP => // /andP[b f] [<-] rho h.
apply/(den_all rho b) => v; apply: vp; apply: holds_fresh f _ h => z ne.
exact: agree_sym (agree_set_off _ _ ne).
Qed.
Definition value_of rho (q : quantified) v : value R q := match q, v with
  | (KN, false), VN _ t => nden rho t
  | (KN, true), VN _ t => fun a => nden (with_params rho a) t
  | (KS, false), VS _ p => spden rho p
  | (KS, true), VS _ p => fun a => spden (with_params rho a) p
  | (KM, false), VM _ r c p => arr (mpden rho p (nden rho r) (nden rho c))
  | (KM, true), VM _ r c p => fun a => let sigma := with_params rho a in
    arr (mpden sigma p (nden sigma r) (nden sigma c))
  | (KN, false), _ => 0%N | (KN, true), _ => fun _ => 0%N
  | (KS, false), _ => 0 | (KS, true), _ => fun _ => 0
  | (KM, false), _ => fun _ _ => 0 | (KM, true), _ => fun _ _ _ => 0 end.
Lemma agree_unchanged rho s x : find s x = None -> agree (change rho s) rho x.
Proof. by move=> e; rewrite /agree /change /= e. Qed.
Lemma instance_ok (q : quantified) h a v b rho : instance q h a v = Some b ->
  exists w : value R q, den b rho <-> den a (update rho (Bd h) w).
Proof.
rewrite /instance; case: ifP => // /andP[sv fit]; case: ifP => // nb [e].
pose w0 : value R q := value_of rho q v; pose rho0 := update rho (Bd h) w0.
exists (value_of rho0 q v).
have step : den b rho <-> den b rho0.
  apply: den_agree => y hy; apply: agree_sym; apply: agree_fresh => ey.
  by move: nb; rewrite e -ey hy.
apply: (iff_trans step); rewrite -e; apply: (iff_trans (den_sub rho0 fit)).
apply: den_agree => y _; case: (eqxP y (Bd h)) => [->|n]; last first.
  have e2 : agree (change rho0 [:: (Bd h, v)]) rho0 y by apply: agree_unchanged; rewrite /=; case: eqxP => // e3; case: n.
  apply: agree_trans e2 _.
  by apply: agree_trans (agree_fresh _ _ n) (agree_sym (agree_fresh _ _ n)).
rewrite /agree /= eqxx_ {step}.
by case: q v sv {fit e nb} w0 rho0 => [[] []] [[] t|[] t|[] r c t|y' o|y' o|y' o] //= _ w0 rho0; rewrite ?eqxx_.
Qed.
Theorem for_all_elim_ok p v : valid p -> ok (r_for_all_elim p v).
Proof.
rewrite /r_for_all_elim; case: p => s [] //= q h a vp x; case E: instance => [b|] // [<-] rho /vp /= d.
by have [w /= ->] := instance_ok rho E; exact: d.
Qed.
Theorem exists_intro_ok p f v : valid p -> ok (r_exists_intro p f v).
Proof.
rewrite /r_exists_intro => vp x; case: sane_formula => // [[]] // q h a.
case E: instance => [b|] //; case: ifP => // /eqfP e [<-] rho /vp; rewrite -e => d.
by have [w [i _]] := instance_ok rho E; exists w; exact: i.
Qed.
Theorem exists_elim_ok p q i x : valid p -> valid q -> ok (r_exists_elim p q i x).
Proof.
rewrite /r_exists_elim; case: p => s [] //= k h a vp vq y; case: ifP => //.
move=> /and4P[fit hy nxa /and5P[nxq nbq /eqxP ne fx fb]] [<-] rho /= /holds_union [hs hr].
have [w dw] := vp _ hs; pose rho0 := update rho (Bd h) w; pose rho1 := set rho0 x w.
have a1 z : z <> x -> z <> Bd h -> agree rho rho1 z.
  by move=> n1 n2; apply: agree_trans (agree_sym (agree_fresh _ _ n2)) (agree_sym (agree_set_off _ _ n1)).
apply/(@den_agree _ _ _ rho1) => [z hz|].
  by apply: a1 => e; move: nxq nbq; rewrite -e hz.
apply: vq; have hr1 : holds (drop_ i q.1) rho1.
  apply: (holds_fresh fx (rho := rho0)) => [z n|].
    exact: agree_sym (agree_set_off _ _ n).
  apply: holds_fresh fb _ hr => z n; exact: agree_sym (agree_fresh _ _ n).
apply: holds_drop hr1 hy _; apply/(den_sub rho1 fit).
apply/(@den_agree _ _ _ (update rho (Bd h) w)); last exact: dw.
move=> z hz; have nz : z <> x by move=> e; move: nxa; rewrite -e hz.
case: (eqxP z (Bd h)) => [->|n]; last first.
  have e2 : agree (change rho1 [:: (Bd h, rename k.1 x None)]) rho1 z.
    by apply: agree_unchanged; rewrite /=; case: eqxP => // e3; case: n.
  by apply: agree_trans e2 _; exact: agree_set_off.
have e3 : eqx (Bd h) x = false by case: eqxP => // e; case: ne.
have e4 : eqx x (Bd h) = false by case: eqxP.
rewrite /agree /= eqxx_ /rho1 /rho0; clear -e3 e4.
by case: k w => [[] b] w /=; rewrite ?eqxx_ ?e3 ?e4 /= ?eqxx_ ?e3.
Qed.
Theorem falsum_elim_ok p f : valid p -> ok (r_falsum_elim p f).
Proof.
by rewrite /r_falsum_elim; case: p => s [] //= vp x; case: sane_formula => // g [<-] rho /vp.
Qed.
Lemma decide f rho : quantifier_free f -> den f rho \/ ~ den f rho.
Proof.
elim: f => [p|r c p|p|p||a IHa b IHb|a IHa b IHb|a IHa b IHb|q h a IHa|q h a IHa] //= h.
- by case: (eqVneq (spden rho p) 0) => [|/eqP]; [left|right].
- by case: (eqVneq (mpden rho p (nden rho r) (nden rho c)) 0) => [|/eqP]; [left|right].
- by case: (boolP (0 <= spden rho p)) => [|/negP]; [left|right].
- by case: (boolP (0 < spden rho p)) => [|/negP]; [left|right].
- by right.
- have /andP[/IHa [ha|ha] /IHb [hb|hb]] := h; by [left|right; case].
- have /andP[/IHa [ha|ha] /IHb [hb|hb]] := h; by [left; left|left; right|right; case].
- have /andP[/IHa [ha|ha] /IHb [hb|hb]] := h; by [left|right => /(_ ha)|left => /ha].
Qed.
Theorem excluded_middle_ok f : ok (r_excluded_middle f).
Proof.
by rewrite /r_excluded_middle => p; case: sane_formula => // g; case: ifP => // /decide d [<-] rho _; exact: d.
Qed.
End Sound.
End Rules.
