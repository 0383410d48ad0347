(* Algebra: sums, products, transposes and traces in normal form, and that they mean what they should.

   A polynomial is a sorted list of (coefficient, monomial) without zero coefficients; nothing below rests on that, it
   only makes equal terms look equal.  Each operation has a lemma named after it that says what its result means. *)
From Coq Require Import ZArith.
From Coq Require QArith Qreduction.
From mathcomp Require Import all_ssreflect all_algebra.
From mathcomp Require Import ssrZ.
From SymbolicCP Require Import Terms.
Set Implicit Arguments. Unset Strict Implicit. Unset Printing Implicit Defensive.
Import Order.Theory GRing.Theory Num.Theory.
Local Open Scope ring_scope.

(* ------------------------------------------------------------------------------------------------------ rationals *)

Definition qone : rat := Frac 1 1.
Definition qadd (p q : rat) : rat := match p, q with
  | QArith_base.Qmake a 1, QArith_base.Qmake b 1 => QArith_base.Qmake (Z.add a b) 1
  | _, _ => Qreduction.Qred (QArith_base.Qplus p q) end.
Definition qmul (p q : rat) : rat := match p, q with
  | QArith_base.Qmake a 1, QArith_base.Qmake b 1 => QArith_base.Qmake (Z.mul a b) 1
  | _, _ => Qreduction.Qred (QArith_base.Qmult p q) end.
Definition qopp (p : rat) : rat := QArith_base.Qmake (Z.opp (QArith_base.Qnum p)) (QArith_base.Qden p).
Definition qzero (p : rat) := if QArith_base.Qnum p is Z0 then true else false.
Definition qpos (p : rat) := if QArith_base.Qnum p is Zpos _ then true else false.

Section Rat.
Variable R : rcfType.
Local Notation zr := (@zr R).
Local Notation qr := (@qr R).
Lemma zrD a b : zr (Z.add a b) = zr a + zr b.
Proof. by rewrite /zr -intrD; congr (_%:~R); exact: (rmorphD [rmorphism of int_of_Z]). Qed.
Lemma zrM a b : zr (Z.mul a b) = zr a * zr b.
Proof. by rewrite /zr -intrM; congr (_%:~R); exact: (rmorphM [rmorphism of int_of_Z]). Qed.
Lemma zrN a : zr (Z.opp a) = - zr a.
Proof. by rewrite /zr -mulrNz; congr (_%:~R); exact: (rmorphN [rmorphism of int_of_Z]). Qed.
Lemma zr_gt0 p : 0 < zr (Zpos p).
Proof.
rewrite /zr /int_of_Z ltr0z /=; have := Pos2Nat.is_pos p.
by case: (Pos.to_nat p) => [/PeanoNat.Nat.lt_irrefl|k].
Qed.
Lemma zr_neq0 p : zr (Zpos p) != 0. Proof. by rewrite gt_eqF ?zr_gt0. Qed.
Lemma qrE a b : qr (QArith_base.Qmake a b) = zr a / zr (Zpos b). Proof. by []. Qed.
Lemma qr_eq p q : QArith_base.Qeq p q -> qr p = qr q.
Proof.
case: p q => [a b] [c d]; rewrite /QArith_base.Qeq !qrE /= => /(congr1 zr); rewrite !zrM => e.
by apply/eqP; rewrite eqr_div ?zr_neq0 // e.
Qed.
Lemma qr1 : qr qone = 1. Proof. by rewrite qrE divrr // unitfE zr_neq0. Qed.
Lemma qrD p q : qr (qadd p q) = qr p + qr q.
Proof.
have h a b : qr (QArith_base.Qplus a b) = qr a + qr b.
  case: a b => [a b] [c d]; rewrite /QArith_base.Qplus !qrE /= zrD !zrM (zrM (Zpos b) (Zpos d)).
  by rewrite addf_div ?zr_neq0.
case: p q => [a [b|b|]] [c [d|d|]]; rewrite /qadd -h; apply: qr_eq; try exact: Qreduction.Qred_correct.
by rewrite /QArith_base.Qplus /= !Z.mul_1_r.
Qed.
Lemma qrM p q : qr (qmul p q) = qr p * qr q.
Proof.
have h a b : qr (QArith_base.Qmult a b) = qr a * qr b.
  case: a b => [a b] [c d]; rewrite /QArith_base.Qmult !qrE /= !zrM (zrM (Zpos b) (Zpos d)).
  by rewrite mulf_div.
by case: p q => [a [b|b|]] [c [d|d|]]; rewrite /qmul -h; apply: qr_eq; try exact: Qreduction.Qred_correct.
Qed.
Lemma qrN p : qr (qopp p) = - qr p. Proof. by rewrite /qr zrN mulNr. Qed.
Lemma qzeroP p : qzero p -> qr p = 0.
Proof. by case: p => [[|a|a] b] //= _; rewrite /qr /zr /= mul0r. Qed.
Lemma qposP p : qpos p -> 0 < qr p.
Proof. by case: p => [[|a|a] b] //= _; rewrite qrE divr_gt0 ?zr_gt0. Qed.
End Rat.

(* ------------------------------------------------------------------------------------------------ sums in general *)

Section Poly.
Variables (K : Type) (cmp : K -> K -> comparison).
Hypothesis cmpP : forall x y, cmp x y = Eq -> x = y.

Fixpoint merge (p : poly K) : poly K -> poly K := fix go q := match p, q with
  | [::], _ => q
  | _, [::] => p
  | s :: p', t :: q' => match cmp s.2 t.2 with
    | Lt => s :: merge p' q
    | Gt => t :: go q'
    | Eq => let c := qadd s.1 t.1 in if qzero c then merge p' q' else (c, s.2) :: merge p' q' end end.
Fixpoint push (p : poly K) (s : seq (option (poly K))) := match s with
  | [::] => [:: Some p]
  | None :: s => Some p :: s
  | Some q :: s => None :: push (merge p q) s end.
Definition flatten_ (s : seq (option (poly K))) := foldl (fun acc p => if p is Some q then merge acc q else acc) [::] s.
Definition nonzero (t : rat * K) := ~~ qzero t.1.
Definition norm (p : poly K) : poly K := flatten_ (foldl (fun s t => push [:: t] s) [::] (filter nonzero p)).
Definition opp (p : poly K) : poly K := map (fun t => (qopp t.1, t.2)) p.
Fixpoint eqp (p q : poly K) := match p, q with
  | [::], [::] => true
  | s :: p, t :: q => is_eq (cmp_rat s.1 t.1) && is_eq (cmp s.2 t.2) && eqp p q
  | _, _ => false end.
Lemma eqpP p q : eqp p q -> p = q.
Proof.
elim: p q => [|[a x] p IH] [|[b y] q] //= /andP[/andP[]].
by case Ea: (cmp_rat a b) => // _; case Ex: (cmp x y) => // _ /IH ->; rewrite (cmp_ratP Ea) (cmpP Ex).
Qed.

Section Value.
Variables (R : rcfType) (V : zmodType) (f : rat -> K -> V).
Hypothesis fD : forall a b k, f (qadd a b) k = f a k + f b k.
Hypothesis f0 : forall a k, qzero a -> f a k = 0.
Hypothesis fN : forall a k, f (qopp a) k = - f a k.
Lemma pd_cons t p : pd f (t :: p) = f t.1 t.2 + pd f p. Proof. by []. Qed.
Lemma pd_nil : pd f [::] = 0. Proof. by []. Qed.
Lemma pd_cat p q : pd f (p ++ q) = pd f p + pd f q.
Proof. by elim: p => [|t p IH] /=; rewrite ?add0r // IH addrA. Qed.
Lemma pd_flatten (s : seq (poly K)) : pd f (flatten s) = \sum_(p <- s) pd f p.
Proof. by elim: s => [|p s IH] /=; rewrite ?big_nil // big_cons pd_cat IH. Qed.
Lemma pd_opp p : pd f (opp p) = - pd f p.
Proof. by elim: p => [|t p IH] /=; rewrite ?oppr0 // IH fN opprD. Qed.
Lemma pd_merge p q : pd f (merge p q) = pd f p + pd f q.
Proof.
elim: p q => [|[a x] p IHp] /=; first by case=> [|t q]; rewrite add0r.
elim=> [|[b y] q IHq] /=; first by rewrite addr0.
case E: (cmp x y) => /=; last by rewrite IHq /= addrCA.
  rewrite -(cmpP E); case: ifP => [z|_] /=; rewrite IHp.
    by rewrite addrACA -fD (f0 _ z) add0r.
  by rewrite fD addrACA.
by rewrite IHp /= addrA.
Qed.
Definition stack_value s := foldr (fun p acc => (if p is Some q then pd f q else 0) + acc) 0 s.
Lemma push_value p s : stack_value (push p s) = pd f p + stack_value s.
Proof.
elim: s p => [|[q|] s IH] p //=; last by rewrite add0r.
by rewrite IH pd_merge add0r addrA.
Qed.
Lemma pd_norm p : pd f (norm p) = pd f p.
Proof.
have fl s acc : pd f (foldl (fun acc p => if p is Some q then merge acc q else acc) acc s) = pd f acc + stack_value s.
  elim: s acc => [|[q|] s IH] acc /=; rewrite ?addr0 ?add0r // IH ?pd_merge //.
  by rewrite addrA.
have pu s : stack_value (foldl (fun s t => push [:: t] s) s (filter nonzero p)) = pd f p + stack_value s.
  elim: p s => [|[a x] p IH] s; first by rewrite /= add0r.
  rewrite /= /nonzero /=; case: (boolP (qzero a)) => [z|_] /=; first by rewrite IH f0 ?add0r.
  by rewrite IH push_value /= addr0 addrCA addrA.
by rewrite /norm /flatten_ fl pu /= add0r addr0.
Qed.
End Value.

(* what holds of every monomial of a polynomial holds of those of its normal form *)
Lemma all_norm (P : pred K) p : all (fun t => P t.2) p -> all (fun t => P t.2) (norm p).
Proof.
have am (u v : poly K) : all (fun t => P t.2) u -> all (fun t => P t.2) v -> all (fun t => P t.2) (merge u v).
  elim: u v => [|[a x] u IHu] /=; first by case.
  elim=> [|[b y] v IHv] //= /andP[hx hu] /andP[hy hv].
  case: (cmp x y) => /=.
  - case: ifP => _ /=; first exact: IHu.
    by rewrite hx IHu.
  - by rewrite hx IHu //= hy hv.
  - by rewrite hy IHv //= hx.
pose ok (s : seq (option (poly K))) := all (fun p => if p is Some q then all (fun t => P t.2) q else true) s.
have pu (q : poly K) s : all (fun t => P t.2) q -> ok s -> ok (push q s).
  elim: s q => [|[r|] s IH] q /=; rewrite ?andbT // => hq; last by move=> ->; rewrite hq.
  by move=> /andP[hr hs]; apply: IH => //; exact: am.
have fl s (acc : poly K) : all (fun t => P t.2) acc -> ok s ->
    all (fun t => P t.2) (foldl (fun acc p => if p is Some q then merge acc q else acc) acc s).
  elim: s acc => [|[q|] s IH] acc //= ha; last exact: IH.
  by move=> /andP[hq hs]; apply: IH => //; exact: am.
move=> hp; apply: fl => //; elim: p (Nil _ : seq (option (poly K))) (erefl : ok [::]) hp => [|[a x] p IH] s //= hs /andP[hx hp].
by case: (nonzero _) => /=; apply: IH => //; apply: pu => //=; rewrite hx.
Qed.
End Poly.

(* ------------------------------------------------------------------------------------------------------- scalars *)

Definition snorm : spoly -> spoly := norm cmp_gens.
Definition mnorm : mpoly -> mpoly := norm cmp_mon.
Definition eqs : spoly -> spoly -> bool := eqp cmp_gens.
Definition eqm : mpoly -> mpoly -> bool := eqp cmp_mon.
Lemma eqsP p q : eqs p q -> p = q. Proof. exact: eqpP cmp_gensP _ _. Qed.
Lemma eqmP p q : eqm p q -> p = q. Proof. exact: eqpP cmp_monP _ _. Qed.

Fixpoint gins (a : gen) (g : gens) : gens :=
  if g is b :: g' then (if cmp_gen a b is Gt then b :: gins a g' else a :: g) else [:: a].
Definition gmerge (g h : gens) : gens := foldr gins h g.
Definition sconst (q : rat) : spoly := if qzero q then [::] else [:: (q, [::])].
Definition smulr (p q : spoly) : spoly := flatten (map (fun s => map (fun t => (qmul s.1 t.1, gmerge s.2 t.2)) q) p).
Definition smul p q := snorm (smulr p q).
Definition sadd (p q : spoly) : spoly := merge cmp_gens p q.
Definition sopp (p : spoly) : spoly := opp p.
Definition ssub p q := sadd p (sopp q).
(* a natural number as a scalar *)
Definition qnat (n : nat) : rat := QArith_base.Qmake (Z.of_nat n) 1.
Fixpoint snats (l : nats) : spoly := if l is NCons k x g l then (qnat k, [:: GN x g]) :: snats l else [::].
Definition snat (t : ntm) : spoly := let: Nt c l := t in snorm ((qnat c, [::]) :: snats l).

(* ------------------------------------------------------------------------------------------------------- matrices *)

Definition mone : mpoly := [:: (qone, ([::], [::]))].
Definition mlet (l : letter) : mpoly := [:: (qone, ([::], [:: l]))].
Definition mmulr (p q : mpoly) : mpoly :=
  flatten (map (fun s => map (fun t => (qmul s.1 t.1, (gmerge s.2.1 t.2.1, s.2.2 ++ t.2.2))) q) p).
Definition mmul p q := mnorm (mmulr p q).
Definition madd (p q : mpoly) : mpoly := merge cmp_mon p q.
Definition mopp (p : mpoly) : mpoly := opp p.
Definition mtr (p : mpoly) : mpoly := mnorm (map (fun t => (t.1, (t.2.1, flip t.2.2))) p).
Definition scale (c : spoly) (p : mpoly) : mpoly :=
  mnorm (flatten (map (fun s => map (fun t => (qmul s.1 t.1, (gmerge s.2 t.2.1, t.2.2))) p) c)).
Definition mty r c (p : mpoly) := all (fun t : rat * (gens * word) => wty t.2.2 r c) p.

(* ------------------------------------------------------------------------------------------------------- traces *)

Definition rot1 (w : word) : word := if w is l :: w then w ++ [:: l] else w.
Fixpoint least n cur acc : word := if n is n'.+1 then
  least n' (rot1 cur) (if cmp_word cur acc is Lt then cur else acc) else acc.
Definition cyclic w := let n := size w in least n (flip w) (least n w w).
Definition trace_term r (t : rat * (gens * word)) : spoly := match t.2.2 with
  | [::] => map (fun s => (qmul t.1 s.1, gmerge t.2.1 s.2)) (snat r)
  | w => [:: (t.1, gins (GT (cyclic w)) t.2.1)] end.
Definition strace r (p : mpoly) : spoly := snorm (flatten (map (trace_term r) p)).

Section Sound.
Variable R : rcfType.
Variable rho : env R.
Local Notation gden := (gden rho).
Local Notation gsden := (gsden rho).
Local Notation spden := (spden rho).
Local Notation mpden := (mpden rho).
Local Notation nden := (nden rho).
Local Notation wden := (wden rho).

Lemma stermD a b k : sterm rho (qadd a b) k = sterm rho a k + sterm rho b k.
Proof. by rewrite /sterm qrD mulrDl. Qed.
Lemma sterm0 a k : qzero a -> sterm rho a k = 0.
Proof. by move=> /qzeroP h; rewrite /sterm h mul0r. Qed.
Lemma stermN a k : sterm rho (qopp a) k = - sterm rho a k.
Proof. by rewrite /sterm qrN mulNr. Qed.
Lemma mtermD m n a b k : @mterm R rho m n (qadd a b) k = mterm rho m n a k + mterm rho m n b k.
Proof. by rewrite /mterm qrD mulrDl scalerDl. Qed.
Lemma mterm0 m n a k : qzero a -> @mterm R rho m n a k = 0.
Proof. by move=> /qzeroP h; rewrite /mterm h mul0r scale0r. Qed.
Lemma mtermN m n a k : @mterm R rho m n (qopp a) k = - mterm rho m n a k.
Proof. by rewrite /mterm qrN mulNr scaleNr. Qed.

Lemma snorm_ok p : spden (snorm p) = spden p.
Proof. by rewrite /spden pd_norm; [|exact: cmp_gensP|exact: stermD|exact: sterm0]. Qed.
Lemma mnorm_ok p m n : mpden (mnorm p) m n = mpden p m n.
Proof. by rewrite /mpden pd_norm; [|exact: cmp_monP|exact: mtermD|exact: mterm0]. Qed.
Lemma sadd_ok p q : spden (sadd p q) = spden p + spden q.
Proof. by rewrite /spden pd_merge; [|exact: cmp_gensP|exact: stermD|exact: sterm0]. Qed.
Lemma madd_ok p q m n : mpden (madd p q) m n = mpden p m n + mpden q m n.
Proof. by rewrite /mpden pd_merge; [|exact: cmp_monP|exact: mtermD|exact: mterm0]. Qed.
Lemma sopp_ok p : spden (sopp p) = - spden p.
Proof. by rewrite /spden pd_opp //; exact: stermN. Qed.
Lemma mopp_ok p m n : mpden (mopp p) m n = - mpden p m n.
Proof. by rewrite /mpden pd_opp //; exact: mtermN. Qed.
Lemma ssub_ok p q : spden (ssub p q) = spden p - spden q.
Proof. by rewrite /ssub sadd_ok sopp_ok. Qed.
Lemma spden_nil : spden [::] = 0. Proof. by []. Qed.
Lemma spden_cat p q : spden (p ++ q) = spden p + spden q. Proof. exact: pd_cat. Qed.
Lemma mpden_cat p q m n : mpden (p ++ q) m n = mpden p m n + mpden q m n. Proof. exact: pd_cat. Qed.
Lemma spden_cons t p : spden (t :: p) = qr R t.1 * gsden t.2 + spden p. Proof. by []. Qed.
Lemma mpden_cons t p m n : mpden (t :: p) m n = (qr R t.1 * gsden t.2.1) *: wden t.2.2 m n + mpden p m n.
Proof. by []. Qed.

Lemma gins_ok a g : gsden (gins a g) = gden a * gsden g.
Proof. by elim: g => [|b g IH] //=; case: cmp_gen => //=; rewrite IH mulrCA. Qed.
Lemma gmerge_ok g h : gsden (gmerge g h) = gsden g * gsden h.
Proof. by elim: g => [|a g IH] /=; rewrite ?mul1r // gins_ok IH mulrA. Qed.
Lemma sconst_ok q : spden (sconst q) = qr R q.
Proof.
rewrite /sconst; case: ifP => [/qzeroP h|_]; first by rewrite h.
by rewrite spden_cons /= addr0 mulr1.
Qed.
Lemma spden_scaled s (q : spoly) :
  spden (map (fun t => (qmul s.1 t.1, gmerge s.2 t.2)) q) = qr R s.1 * gsden s.2 * spden q.
Proof.
elim: q => [|t q IH] /=; first by rewrite mulr0.
by rewrite !spden_cons /= IH qrM gmerge_ok mulrDr mulrACA.
Qed.
Lemma smul_ok p q : spden (smul p q) = spden p * spden q.
Proof.
rewrite snorm_ok; elim: p => [|s p IH]; first by rewrite mul0r.
by rewrite /smulr /= spden_cat -/(smulr p q) IH spden_scaled spden_cons mulrDl.
Qed.
Lemma qnatE k : qr R (qnat k) = k%:R.
Proof. by rewrite /qnat qrE /zr divr1 /int_of_Z; case: k => //= k; rewrite SuccNat2Pos.id_succ. Qed.
Lemma snats_ok l : spden (snats l) = (sden rho l)%:R.
Proof.
elim: l => [|k x g l IH] //; rewrite sden_cons natrD natrM -IH -qnatE.
by rewrite -[snats _]/((qnat k, [:: GN x g]) :: snats l) spden_cons /= mulr1.
Qed.
Lemma snat_ok t : spden (snat t) = (nden t)%:R.
Proof. by case: t => c l; rewrite snorm_ok spden_cons /= mulr1 snats_ok qnatE natrD. Qed.

Lemma mone_ok n : mpden mone n n = 1%:M.
Proof. by rewrite mpden_cons /= qr1 mulr1 scale1r addr0 onemx1. Qed.
Lemma mlet_ok l m : mpden (mlet l) m (nden (col l)) = lden rho l m (nden (col l)).
Proof. by rewrite mpden_cons /= qr1 mulr1 scale1r addr0 onemx1 mulmx1. Qed.
Lemma mpden_scaled s (q : mpoly) r k n : wty s.2.2 r k ->
  mpden (map (fun t => (qmul s.1 t.1, (gmerge s.2.1 t.2.1, s.2.2 ++ t.2.2))) q) (nden r) n =
  (qr R s.1 * gsden s.2.1) *: (wden s.2.2 (nden r) (nden k) *m mpden q (nden k) n).
Proof.
move=> h; elim: q => [|t q IH] /=; first by rewrite mulmx0 scaler0.
rewrite !mpden_cons /= IH qrM gmerge_ok mulmxDr scalerDr -scalemxAr scalerA mulrACA.
by rewrite (wden_cat _ _ _ h).
Qed.
Lemma mmul_ok p q r k n : mty r k p ->
  mpden (mmul p q) (nden r) n = mpden p (nden r) (nden k) *m mpden q (nden k) n.
Proof.
rewrite mnorm_ok; elim: p => [|s p IH]; first by rewrite mul0mx.
move=> /= /andP[h /IH {}IH]; rewrite /mmulr /= mpden_cat -/(mmulr p q) IH (mpden_scaled _ _ h).
by rewrite mpden_cons mulmxDl scalemxAl.
Qed.
Lemma scale_ok c p m n : mpden (scale c p) m n = spden c *: mpden p m n.
Proof.
rewrite mnorm_ok; elim: c => [|s c IH] /=; first by rewrite scale0r.
rewrite mpden_cat IH spden_cons scalerDl; congr (_ + _).
elim: p {IH} => [|t p IH] /=; first by rewrite scaler0.
by rewrite !mpden_cons /= IH scalerDr scalerA qrM gmerge_ok mulrACA.
Qed.
Lemma mtr_ok p r c : mty r c p -> mpden (mtr p) (nden c) (nden r) = (mpden p (nden r) (nden c))^T.
Proof.
rewrite mnorm_ok; elim: p => [|t p IH] /=; first by rewrite trmx0.
by move=> /andP[h /IH {}IH]; rewrite !mpden_cons IH linearD linearZ /= (wden_flip _ h).
Qed.

Lemma mty_norm p r c : mty r c p -> mty r c (mnorm p).
Proof. by rewrite /mty => h; apply: (@all_norm _ _ (fun k : gens * word => wty k.2 r c)). Qed.
Lemma mty_cat p q r c : mty r c (p ++ q) = mty r c p && mty r c q. Proof. exact: all_cat. Qed.
Lemma mty_mul p q r k c : mty r k p -> mty k c q -> mty r c (mmul p q).
Proof.
move=> hp hq; apply: mty_norm; elim: p hp => //= s p IH /andP[h /IH {}IH].
rewrite /mmulr /= mty_cat IH andbT /mty all_map; apply: sub_all hq => t /= ht; exact: wty_cat h ht.
Qed.
Lemma mty_tr p r c : mty r c p -> mty c r (mtr p).
Proof.
by move=> h; apply: mty_norm; rewrite /mty all_map; apply: sub_all h => t /= /wty_flip.
Qed.
Lemma mty_one r : mty r r mone. Proof. by rewrite /= eqn_refl_. Qed.
Lemma mty_let l : mty (row l) (col l) (mlet l). Proof. by rewrite /= !eqn_refl_. Qed.

(* the words of a trace *)
Definition closed_word w := wty w (side w) (side w).
Lemma closed_word_ty w r : w <> [::] -> wty w r r -> closed_word w /\ side w = r.
Proof.
case: w => // l w _ /= /andP[/eqn_P -> h]; split => //.
by rewrite /closed_word /= eqn_refl_.
Qed.
Definition same_trace T w := closed_word w /\ gden (GT w) = T.
Lemma same_rot1 T w : same_trace T w -> same_trace T (rot1 w).
Proof.
case: w => [|l w] // [h <-]; have [h1 h2] := andP h; rewrite /rot1.
have e : w ++ [:: l] <> [::] by case: (w).
have t : wty (w ++ [:: l]) (col l) (col l).
  by apply: wty_cat h2 _; rewrite /= !eqn_refl_.
have [c s] := closed_word_ty e t; split => //.
rewrite /gden s (wden_cat _ _ _ h2) /= onemx1 mulmx1 mxtrace_mulC.
by [].
Qed.
Lemma same_least T n cur acc : same_trace T cur -> same_trace T acc -> same_trace T (least n cur acc).
Proof.
elim: n cur acc => //= n IH cur acc hc ha; apply: IH; first exact: same_rot1.
by case: cmp_word.
Qed.
Lemma cyclic_ok w : closed_word w -> same_trace (gden (GT w)) (cyclic w).
Proof.
move=> h; rewrite /cyclic; apply: same_least; last by apply: same_least.
case: w h => [|l w] // h; have e : flip (l :: w) <> [::] by rewrite flip_cons; case: (flip w).
have [c s] := closed_word_ty e (wty_flip h); split => //.
by rewrite /gden s (wden_flip _ h) mxtrace_tr.
Qed.
Lemma strace_ok p r : mty r r p -> spden (strace r p) = \tr (mpden p (nden r) (nden r)).
Proof.
rewrite snorm_ok; elim: p => [|t p IH] /=; first by rewrite mxtrace0.
move=> /andP[h /IH {}IH]; rewrite spden_cat IH mpden_cons linearD linearZ /=; congr (_ + _).
rewrite /trace_term; case: t h => q [g w] /=; case E: w => [|l w'] h.
  by rewrite (@spden_scaled (q, g)) snat_ok /= onemx1 mxtrace1.
have ne : w <> [::] by rewrite E.
rewrite -E in h *; have [c s] := closed_word_ty ne h.
have [_ e] := cyclic_ok c.
have -> : spden [:: (q, gins (GT (cyclic w)) g)] = qr R q * (gden (GT (cyclic w)) * gsden g).
  by rewrite spden_cons /= addr0 gins_ok.
rewrite e /gden s [\tr _ * _]mulrC mulrA.
by [].
Qed.
End Sound.
