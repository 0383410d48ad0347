(* Theory: the rules about numbers and matrices, and that they are sound. *)
From Coq Require Import ZArith.
From mathcomp Require Import all_ssreflect all_algebra.
From SymbolicCP Require Import Terms Algebra Substitution Formulas Logic.
Set Implicit Arguments. Unset Strict Implicit. Unset Printing Implicit Defensive.
Import Order.Theory GRing.Theory Num.Theory.
Local Open Scope ring_scope.

(* the normal forms of what a certificate gives *)
Definition nnorm t := nsub (lookups [::]) t.
Definition sane_s p := if_ sfits (lookups [::]) p then_ ssub_ (lookups [::]) p.
Definition shaped := (ntm * ntm * mpoly)%type.
Definition sane_m (m : shaped) : option shaped := let: (r, c, p) := m in
  if_ mfits (lookups [::]) r c p then_ (nnorm r, nnorm c, msub (lookups [::]) p).
Definition norm_val v := match v with
  | VN b t => Some (VN b (nnorm t))
  | VS b p => do q <- sane_s p; Some (VS b q)
  | VM b r c p => do m <- sane_m (r, c, p); let: (r, c, p) := m in Some (VM b r c p)
  | _ => Some v end.
(* a product of matrices whose shapes fit; the shapes that are kept are those of normal forms *)
Definition product (a b : shaped) : option shaped := let: (r, k, p) := a in let: (k', c, q) := b in
  if_ [&& eqn_ k k', mty r k p & mty k c q] then_ (r, c, mmul p q).
Definition transposed (a : shaped) : option shaped := let: (r, c, p) := a in
  if_ mty r c p then_ (c, r, mtr p).
Definition product_o (a : option shaped) (b : shaped) := if a is Some m then do n <- sane_m m; product n b else Some b.
Definition o_product (a : shaped) (b : option shaped) := if b is Some m then do n <- sane_m m; product a n else Some a.
Definition trace_of (a : shaped) : option spoly := let: (r, c, p) := a in
  if_ eqn_ r c && mty r r p then_ strace r p.

(* cofactor * left * h * right, where h is an equation, perhaps transposed *)
Inductive coefficient := CS of spoly | CM of shaped.
Record cofactor := Cofactor {
  c_coef : coefficient; c_index : nat; c_left : option shaped; c_right : option shaped; c_flip : bool }.
(* weight * squares * Gram factors * inequalities *)
Record positive_product := Product {
  p_weight : rat; p_squares : seq spoly; p_grams : seq shaped; p_indices : seq nat }.

Section Combine.
Variable premises : seq sequent.
Definition premise i : formula := (nth ([::], Falsum) premises i).2.
Definition sandwich (c : cofactor) (h : shaped) : option shaped :=
  do h <- (if c_flip c then transposed h else Some h);
  do h <- product_o (c_left c) h; o_product h (c_right c).
Definition matrix_term r k (c : cofactor) : option mpoly := match premise (c_index c), c_coef c with
  | EqS h, CM m => do m <- sane_m m; let: (r', k', p) := m in if_ eqn_ r r' && eqn_ k k' then_ scale h p
  | EqM r1 k1 h, CS s => do s <- sane_s s; do m <- sandwich c (r1, k1, h);
    let: (r', k', p) := m in if_ eqn_ r r' && eqn_ k k' then_ scale s p
  | _, _ => None end.
Definition scalar_term (c : cofactor) : option spoly := match premise (c_index c), c_coef c with
  | EqS h, CS s => do s <- sane_s s; Some (smul s h)
  | EqM r1 k1 h, CS s => do s <- sane_s s; do m <- sandwich c (r1, k1, h); do t <- trace_of m; Some (smul s t)
  | _, _ => None end.
Fixpoint matrix_sum r k (s : seq cofactor) : option mpoly := if s is c :: s then
  do t <- matrix_term r k c; do u <- matrix_sum r k s; Some (madd t u) else Some [::].
Fixpoint scalar_sum (s : seq cofactor) : option spoly := if s is c :: s then
  do t <- scalar_term c; do u <- scalar_sum s; Some (sadd t u) else Some [::].
Fixpoint squares (s : seq spoly) : option spoly := if s is p :: s then
  do p <- sane_s p; do u <- squares s; Some (smul (smul p p) u) else Some (sconst qone).
Definition gram_of (m : shaped) : option spoly := do m <- sane_m m; do t <- transposed m; do g <- product t m; trace_of g.
Fixpoint grams (s : seq shaped) : option spoly := if s is m :: s then
  do g <- gram_of m; do u <- grams s; Some (smul g u) else Some (sconst qone).
Fixpoint inequalities (s : seq nat) : option spoly := if s is i :: s then
  do p <- (if premise i is (Ge p | Gt p) then Some p else None); do u <- inequalities s; Some (smul p u)
  else Some (sconst qone).
Definition product_term (p : positive_product) : option spoly := if qpos (p_weight p) then
  do a <- squares (p_squares p); do b <- grams (p_grams p); do c <- inequalities (p_indices p);
  Some (smul (sconst (p_weight p)) (smul a (smul b c))) else None.
Definition is_strict (p : positive_product) := nilp (p_squares p) && nilp (p_grams p) &&
  all (fun i => if premise i is Gt _ then true else false) (p_indices p).
Fixpoint product_sum (s : seq positive_product) : option spoly := if s is p :: s then
  do t <- product_term p; do u <- product_sum s; Some (sadd t u) else Some [::].
Definition all_hyps : hyps := foldr (fun p s => union p.1 s) [::] premises.
Definition scalar_claim cs ps (p : spoly) := do a <- scalar_sum cs; do b <- product_sum ps;
  if eqs (snorm (sadd a b)) (snorm p) then Some tt else None.
Definition r_combine (claim : formula) (cs : seq cofactor) (ps : seq positive_product) : option sequent :=
  do f <- sane_formula claim; do u <- (match f with
    | EqM r k p => if nilp ps then do t <- matrix_sum r k cs; if_ eqm (mnorm t) (mnorm p) then_ tt else None
    | EqS p => if nilp ps then scalar_claim cs ps p else None
    | Ge p => scalar_claim cs ps p
    | Gt p => if has is_strict ps then scalar_claim cs ps p else None
    | Falsum => if has is_strict ps then scalar_claim cs ps [::] else None
    | _ => None end);
  Some (all_hyps, f).
End Combine.

(* ------------------------------------------------------------------------------------------------ the other rules *)

Definition r_gram (p : sequent) (m : shaped) : option sequent := do n <- sane_m m; do g <- gram_of m;
  let: (r, c, q) := n in if_ eqf p.2 (Ge (snorm (sopp g))) && mty r c q then_ (p.1, EqM r c q).
Definition r_trichotomy (s : spoly) : option sequent := do p <- sane_s s;
  Some ([::], Or (EqS p) (Or (Gt p) (Gt (snorm (sopp p))))).
Definition bd1 : spoly := [:: (qone, [:: GS (Bd 1) GNil])].
Definition r_inverse (p : sequent) : option sequent := if p.2 is Gt s then
  if_ ~~ shas (Bd 1) s then_ (p.1, Ex (KS, false) 1 (EqS (snorm (ssub (smul s bd1) (sconst qone))))) else None.
Definition one1 := nconst 1.
Definition r_one_by_one (m : shaped) : option sequent := do n <- sane_m m; do t <- trace_of n;
  let: (r, c, p) := n in if_ eqn_ r one1 && eqn_ c one1 then_
  ([::], EqM one1 one1 (mnorm (madd p (mopp (scale t mone))))).
Definition r_nat_nonnegative (t : ntm) : option sequent := Some ([::], Ge (snat (nnorm t))).
Definition r_nat_successor (p : sequent) (l s : ntm) : option sequent := let l := nnorm l in let s := nnorm s in
  if_ eqf p.2 (Gt (snorm (ssub (snat l) (snat s)))) then_
  (p.1, Ge (snorm (ssub (snat l) (snat (nadd s (nconst 1)))))).
Definition r_nat_difference (p : sequent) (l s : ntm) : option sequent := let l := nnorm l in let s := nnorm s in
  if_ [&& eqf p.2 (Ge (snorm (ssub (snat l) (snat s)))), ~~ nhas (Bd 1) l & ~~ nhas (Bd 1) s] then_
  (p.1, Ex (KN, false) 1 (EqS (snorm (ssub (snat l) (snat (nadd s (nvar (Bd 1) GNil))))))).
Definition r_leibniz (p : sequent) x (t : ntm) (f : formula) : option sequent := let t := nnorm t in
  let s := [:: (x, VN false t)] in let plain := [:: (x, VN false (nvar x GNil))] in do g <- sane_formula f;
  if_ [&& ffits s g, eqf (fsub s g) p.2, ffits plain g & eqf (fsub plain g) g] then_
  (p.1, Imp (EqS (snorm (ssub (snat (nvar x GNil)) (snat t)))) g).

(* ---------------------------------------------------------------------------------------------------- soundness *)

Section Sound.
Variables (R : rcfType) (table : positive -> formula).
Implicit Types rho : env R.
Local Notation ok := (ok table R).
Local Notation valid := (valid table R).

Lemma nnorm_ok rho t : nden rho (nnorm t) = nden rho t.
Proof. by have M := change_ok rho (erefl : sane [::]); rewrite (nsub_ok M). Qed.
Lemma sane_s_ok rho p q : sane_s p = Some q -> spden rho q = spden rho p.
Proof.
by rewrite /sane_s; case: ifP => // h [<-]; have M := change_ok rho (erefl : sane [::]); rewrite (ssub__ok M h).
Qed.
Definition mx rho (m : shaped) : 'M[R]_(nden rho m.1.1, nden rho m.1.2) :=
  mpden rho m.2 (nden rho m.1.1) (nden rho m.1.2).
Definition typed (m : shaped) := mty m.1.1 m.1.2 m.2.
Lemma sane_m_typed m n : sane_m m = Some n -> typed n.
Proof.
case: m => [[r c] p] /=; case: ifP => // h [<-].
by have M := change_ok (Env (fun _ _ => 0%N) (fun _ _ => 0) (fun _ _ _ _ => 0) : env R) (erefl : sane [::]); exact: (msub_ty M h).
Qed.
(* "zero" for a shaped matrix *)
Definition null rho (m : shaped) := mx rho m = 0.
Lemma product_null_l rho a b m : product a b = Some m -> null rho a -> null rho m.
Proof.
rewrite /null /mx; case: a b => [[r k] p] [[k' c] q] /=; case: ifP => // /and3P[/eqn_P e hp hq] [<-] /= h.
by rewrite (mmul_ok _ _ _ hp) h mul0mx.
Qed.
Lemma product_null_r rho a b m : product a b = Some m -> null rho b -> null rho m.
Proof.
rewrite /null /mx; case: a b => [[r k] p] [[k' c] q] /=; case: ifP => // /and3P[/eqn_P e hp hq] [<-] /= h.
by rewrite (mmul_ok _ _ _ hp) e h mulmx0.
Qed.
Lemma transposed_null rho a m : transposed a = Some m -> null rho a -> null rho m.
Proof.
rewrite /null /mx; case: a => [[r c] p] /=; case: ifP => // h [<-] /= e.
by rewrite (mtr_ok _ h) e trmx0.
Qed.
Lemma sandwich_null rho c h m : sandwich c h = Some m -> null rho h -> null rho m.
Proof.
rewrite /sandwich; have st n : (if c_flip c then transposed h else Some h) = Some n -> null rho h -> null rho n.
  by case: (c_flip c); [exact: transposed_null|case=> <-].
case E: (if _ then _ else _) => [n|] //; move/(_ _ E): st => st.
have {}st o : product_o (c_left c) n = Some o -> null rho h -> null rho o.
  rewrite /product_o; case: (c_left c) => [l|]; last by case=> <-.
  by case: (sane_m l) => // l' /product_null_r e /st /e.
case E2: (product_o _ _) => [o|] //; move/(_ _ E2): st => st.
rewrite /o_product; case: (c_right c) => [l|]; last by case=> <-.
by case: (sane_m l) => // l' /product_null_l e /st /e.
Qed.
Lemma trace_of_null rho m t : trace_of m = Some t -> null rho m -> spden rho t = 0.
Proof.
rewrite /null /mx; case: m => [[r c] p] /=; case: ifP => // /andP[/eqn_P <- h] [<-] e.
by rewrite (strace_ok _ h) e mxtrace0.
Qed.

Section Premises.
Variables (premises : seq sequent) (rho : env R).
Hypothesis true_premise : forall i, den (premise premises i) rho \/ premise premises i = Falsum.
Lemma matrix_term_ok r k c p : matrix_term premises r k c = Some p -> mpden rho p (nden rho r) (nden rho k) = 0.
Proof.
rewrite /matrix_term; case: (true_premise (c_index c)) => [d|->] //.
case: (premise _ _) d => [h|r1 k1 h||||||||] //= d; case: (c_coef c) => [s|m] //.
  by case: (sane_m m) => [[[r' k'] q]|] //; case: ifP => // _ [<-]; rewrite scale_ok d scale0r.
case: (sane_s s) => // s'; case E: (sandwich _ _) => [[[r' k'] q]|] //; case: ifP => // /andP[/eqn_P -> /eqn_P ->] [<-].
by have := sandwich_null E d; rewrite /null /mx /= scale_ok => ->; rewrite scaler0.
Qed.
Lemma scalar_term_ok c p : scalar_term premises c = Some p -> spden rho p = 0.
Proof.
rewrite /scalar_term; case: (true_premise (c_index c)) => [d|->] //.
case: (premise _ _) d => [h|r1 k1 h||||||||] //= d; case: (c_coef c) => [s|m] //; case: (sane_s s) => // s'.
  by case=> <-; rewrite smul_ok d mulr0.
case E: (sandwich _ _) => [m|] //; case E2: (trace_of m) => [t|] // [<-].
by rewrite smul_ok (trace_of_null E2 (sandwich_null E d)) mulr0.
Qed.
Lemma matrix_sum_ok r k cs p : matrix_sum premises r k cs = Some p -> mpden rho p (nden rho r) (nden rho k) = 0.
Proof.
elim: cs p => [|c cs IH] p /=; first by case=> <-.
case E: (matrix_term _ _ _ _) => [t|] //; case E2: (matrix_sum _ _ _ _) => [u|] // [<-].
by rewrite madd_ok (matrix_term_ok E) (IH _ E2) addr0.
Qed.
Lemma scalar_sum_ok cs p : scalar_sum premises cs = Some p -> spden rho p = 0.
Proof.
elim: cs p => [|c cs IH] p /=; first by case=> <-.
case E: (scalar_term _ _) => [t|] //; case E2: (scalar_sum _ _) => [u|] // [<-].
by rewrite sadd_ok (scalar_term_ok E) (IH _ E2) addr0.
Qed.
Lemma squares_ok s p : squares s = Some p -> 0 <= spden rho p.
Proof.
elim: s p => [|q s IH] p /=; first by case=> <-; rewrite sconst_ok qr1 ler01.
case: (sane_s q) => // q'; case E: (squares s) => [u|] // [<-].
by rewrite !smul_ok mulr_ge0 ?(IH _ E) // -expr2 sqr_ge0.
Qed.
Lemma gram_trace m n (A : 'M[R]_(m, n)) : \tr (A^T *m A) = \sum_j \sum_i A i j ^+ 2.
Proof. by apply: eq_bigr => j _; rewrite mxE; apply: eq_bigr => i _; rewrite mxE -expr2. Qed.
Lemma gram_ge0 m n (A : 'M[R]_(m, n)) : 0 <= \tr (A^T *m A).
Proof. by rewrite gram_trace; apply: sumr_ge0 => j _; apply: sumr_ge0 => i _; exact: sqr_ge0. Qed.
Lemma gram_eq0 m n (A : 'M[R]_(m, n)) : \tr (A^T *m A) <= 0 -> A = 0.
Proof.
move=> h; have /eqP : \tr (A^T *m A) = 0 by apply/eqP; rewrite eq_le h gram_ge0.
rewrite gram_trace psumr_eq0 => [|j _]; last by apply: sumr_ge0 => i _; exact: sqr_ge0.
move=> /allP z; apply/matrixP => i j; have := z j (mem_index_enum j); rewrite psumr_eq0 => [|k _]; last exact: sqr_ge0.
by move=> /allP /(_ i (mem_index_enum i)); rewrite /= sqrf_eq0 mxE => /eqP.
Qed.
Lemma gram_of_ok m g : gram_of m = Some g -> forall n, sane_m m = Some n ->
  spden rho g = \tr ((mx rho n)^T *m mx rho n).
Proof.
rewrite /gram_of => + n e; rewrite e; case: n {e} => [[r c] p]; rewrite /transposed; case: ifP => // h.
rewrite /product eqn_refl_ /= h (mty_tr h) /= eqn_refl_ /= (mty_mul (mty_tr h) h) => -[<-].
by rewrite (strace_ok _ (mty_mul (mty_tr h) h)) (mmul_ok _ _ _ (mty_tr h)) (mtr_ok _ h).
Qed.
Lemma gram_of_ge0 m g : gram_of m = Some g -> 0 <= spden rho g.
Proof.
move=> e; have := gram_of_ok e; move: e; rewrite /gram_of; case: (sane_m m) => // n _ /(_ _ erefl) ->.
exact: gram_ge0.
Qed.
Lemma grams_ok s p : grams s = Some p -> 0 <= spden rho p.
Proof.
elim: s p => [|q s IH] p /=; first by case=> <-; rewrite sconst_ok qr1 ler01.
case E1: (gram_of q) => [g|] //; case E: (grams s) => [u|] // [<-].
by rewrite smul_ok mulr_ge0 ?(IH _ E) // (gram_of_ge0 E1).
Qed.
Lemma inequalities_ok s p : inequalities premises s = Some p -> 0 <= spden rho p /\
  (all (fun i => if premise premises i is Gt _ then true else false) s -> 0 < spden rho p).
Proof.
elim: s p => [|i s IH] p /=; first by case=> <-; rewrite sconst_ok qr1 ler01 ltr01.
case: (true_premise i) => [d|->] //; case: (premise _ _) d => [||q|q||||||] //= d;
  case E: (inequalities _ s) => [u|] // [<-]; have [h1 h2] := IH _ E; rewrite smul_ok.
  by split=> //; rewrite mulr_ge0.
by split=> [|/h2 h]; [rewrite mulr_ge0 // ltW|rewrite mulr_gt0].
Qed.
Lemma product_term_ok p t : product_term premises p = Some t -> 0 <= spden rho t /\
  (is_strict premises p -> 0 < spden rho t).
Proof.
rewrite /product_term; case: ifP => // /(@qposP R) w; case Ea: (squares _) => [a|] //; case Eb: (grams _) => [b|] //.
case Ec: (inequalities _ _) => [c|] // [<-]; have [c1 c2] := inequalities_ok Ec; rewrite !smul_ok sconst_ok.
have a1 := squares_ok Ea; have b1 := grams_ok Eb; have w0 := ltW w; split; first by do 2!(apply: mulr_ge0 => //); exact: mulr_ge0.
move=> /andP[/andP[/nilP ea /nilP eb] /c2 {}c2]; move: Ea Eb; rewrite ea eb /= => -[<-] [<-].
by rewrite !sconst_ok !qr1 !mul1r mulr_gt0.
Qed.
Lemma product_sum_ok ps t : product_sum premises ps = Some t -> 0 <= spden rho t /\
  (has (is_strict premises) ps -> 0 < spden rho t).
Proof.
elim: ps t => [|p ps IH] t /=; first by case=> <-.
case E: (product_term _ _) => [a|] //; case E2: (product_sum _ _) => [b|] // [<-]; rewrite sadd_ok.
have [a1 a2] := product_term_ok E; have [b1 b2] := IH _ E2; split; first exact: addr_ge0.
by move=> /orP[/a2 h|/b2 h]; [apply: ltr_paddr|apply: ltr_paddl].
Qed.
Lemma scalar_claim_ok cs ps p : scalar_claim premises cs ps p -> 0 <= spden rho p /\
  (has (is_strict premises) ps -> 0 < spden rho p) /\ (nilp ps -> spden rho p = 0).
Proof.
rewrite /scalar_claim; case E: (scalar_sum _ _) => [a|] //; case E2: (product_sum _ _) => [b|] //; case: ifP => // /eqsP e _.
have {e} : spden rho p = spden rho b by rewrite -(snorm_ok _ p) -e snorm_ok sadd_ok (scalar_sum_ok E) add0r.
move=> ->; have [b1 b2] := product_sum_ok E2; split=> //; split=> // /nilP e.
by move: E2; rewrite e => -[<-].
Qed.
End Premises.

Lemma holds_all premises rho : holds table (all_hyps premises) rho ->
  forall i, (i < size premises)%N -> holds table (nth ([::], Falsum) premises i).1 rho.
Proof. by elim: premises => // p s IH /holds_union [hp hs] [|i] //=; exact: IH. Qed.
Theorem combine_ok premises claim cs ps : (forall i, (i < size premises)%N -> valid (nth ([::], Falsum) premises i)) ->
  ok (r_combine premises claim cs ps).
Proof.
move=> vp q; rewrite /r_combine; case E: (sane_formula claim) => [f|] //.
case U: (match f with EqS _ => _ | _ => _ end) => [u|] // [<-] rho h /=; have {}h : holds table (all_hyps premises) rho by [].
have tp i : den (premise premises i) rho \/ premise premises i = Falsum.
  case: (ltnP i (size premises)) => [lt|ge]; last by right; rewrite /premise nth_default.
  by left; apply: vp => //; apply: holds_all h _ lt.
have sc ps' p : scalar_claim premises cs ps' p -> _ := @scalar_claim_ok _ _ tp cs ps' p.
case: f E U => [p|r k p|p|p||||||] // _ /=.
- case: ifP => // n U; have [|_ [_ ->]] := sc ps p; [by rewrite U|by []|by []].
- case: ifP => // _; case E: (matrix_sum _ _ _ _) => [t|] //; case: ifP => // /eqmP e _.
  by rewrite -(mnorm_ok _ p) -e mnorm_ok (matrix_sum_ok tp E).
- by move=> U; have [|-> _] := sc ps p; rewrite ?U.
- by case: ifP => // s U; have [|_ [->]] := sc ps p; rewrite ?U.
- by case: ifP => // s U; have [|_ [/(_ s) + _]] := sc ps [::]; rewrite ?U // ltxx.
Qed.

Theorem gram_ok p m : valid p -> ok (r_gram p m).
Proof.
rewrite /r_gram => vp x; case E: (sane_m m) => [[[r c] q]|] //; case G: (gram_of m) => [g|] //.
case: ifP => // /andP[/eqfP e h] [<-] rho /vp; rewrite e /= snorm_ok sopp_ok (gram_of_ok _ G E) oppr_ge0.
exact: gram_eq0.
Qed.
Theorem trichotomy_ok s : ok (r_trichotomy s).
Proof.
rewrite /r_trichotomy => x; case: (sane_s s) => // p [<-] rho _ /=; rewrite snorm_ok sopp_ok oppr_gt0.
by case: (ltrgtP (spden rho p) 0) => h; [right; right|right; left|left].
Qed.
Lemma bd1_ok rho q (v : value R q) : es (update rho (Bd 1) v) (Bd 1) [::] = spden (update rho (Bd 1) v) bd1.
Proof. by rewrite spden_cons /= qr1 mul1r mulr1 addr0. Qed.
Theorem inverse_ok p : valid p -> ok (r_inverse p).
Proof.
rewrite /r_inverse; case: p => s [] //= q vp x; case: ifP => // n [<-] rho /vp /= pos.
exists (spden rho q)^-1; set sigma := update _ _ _; rewrite snorm_ok ssub_ok smul_ok sconst_ok qr1.
have -> : spden sigma q = spden rho q.
  by apply: spden_agree => y hy; apply: agree_fresh => e; move: n; rewrite -e hy.
by rewrite -bd1_ok /= mulfV ?subrr // gt_eqF.
Qed.
Theorem one_by_one_ok m : ok (r_one_by_one m).
Proof.
rewrite /r_one_by_one => x; case: (sane_m m) => [[[r c] p]|] //; rewrite /trace_of.
case: ifP => // /andP[_ h]; case: ifP => // /andP[/eqn_P e1 /eqn_P e2] [<-] rho _.
rewrite e1 in h *; rewrite /= mnorm_ok madd_ok mopp_ok scale_ok (strace_ok _ h) mone_ok.
move: (mpden rho p _ _) => A; change (A - \tr A *: 1%:M = 0 :> 'M[R]_1).
by rewrite scalemx1 {1}[A]mx11_scalar trace_mx11 subrr.
Qed.
Theorem nat_nonnegative_ok t : ok (r_nat_nonnegative t).
Proof. by move=> x [<-] rho _ /=; rewrite snat_ok ler0n. Qed.
Theorem nat_successor_ok p l s : valid p -> ok (r_nat_successor p l s).
Proof.
rewrite /r_nat_successor => vp x; case: ifP => // /eqfP e [<-] rho /vp; rewrite e /=.
rewrite !snorm_ok !ssub_ok !snat_ok nadd_ok subr_gt0 subr_ge0 ltr_nat ler_nat.
by rewrite [nden rho (nconst 1)]/= addn1.
Qed.
Theorem nat_difference_ok p l s : valid p -> ok (r_nat_difference p l s).
Proof.
rewrite /r_nat_difference => vp x; case: ifP => // /and3P[/eqfP e nl ns] [<-] rho /vp; rewrite e /=.
rewrite !snorm_ok !ssub_ok !snat_ok subr_ge0 ler_nat => le.
exists (nden rho (nnorm l) - nden rho (nnorm s))%N; set sigma := update _ _ _.
have off t : ~~ nhas (Bd 1) t -> nden sigma t = nden rho t.
  by move=> n; apply: nden_agree => y hy; apply: agree_fresh => ey; move: n; rewrite -ey hy.
rewrite snorm_ok ssub_ok !snat_ok nadd_ok (off (nnorm l)) // (off (nnorm s)) // nvar_ok.
by rewrite [en _ _ _]/= subnKC // subrr.
Qed.
Theorem leibniz_ok p x t f : valid p -> ok (r_leibniz p x t f).
Proof.
rewrite /r_leibniz => vp y; case: (sane_formula f) => // g; case: ifP => // /and4P[h1 /eqfP e1 h2 /eqfP e2] [<-] rho h.
change (spden rho (snorm (ssub (snat (nvar x GNil)) (snat (nnorm t)))) = 0 -> den g rho).
rewrite snorm_ok ssub_ok !snat_ok => /eqP; rewrite subr_eq0 eqr_nat => /eqP ex.
rewrite -e2; apply/(den_sub rho h2).
have := vp _ h; rewrite -e1 => /(den_sub rho h1) d; apply/(@den_agree _ g (change rho [:: (x, VN false (nnorm t))])) => // z _.
by rewrite /agree /=; case: ifP => // _; split=> // a; rewrite -ex.
Qed.
End Sound.
