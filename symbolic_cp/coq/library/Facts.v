(* Facts: the four facts of the ledger, about matrices over a real closed field.

   pinv: a full rank factorisation A = F G gives G^T (G G^T)^-1 (F^T F)^-1 F^T.  spectral: a symmetric matrix has an
   eigenvector over the complex closure, whose real or imaginary part is one with a real value; a reflection splits it
   off.  basis: the columns of eigenvalue 1.  split: columns of the identity. *)
From mathcomp Require Import all_ssreflect all_algebra.
From mathcomp Require Import complex.
From SymbolicCP Require Import Theory.
Set Implicit Arguments. Unset Strict Implicit. Unset Printing Implicit Defensive.
Import Order.Theory GRing.Theory Num.Theory.
Local Open Scope ring_scope.

Section Facts.
Variable R : rcfType.

(* ---------------------------------------------------------------------------------------------------------- pinv *)

Lemma unit_gram m n (A : 'M[R]_(m, n)) : row_free A -> A *m A^T \in unitmx.
Proof.
move=> free; rewrite -row_free_unit -kermx_eq0; apply/eqP.
apply: (row_free_inj free); rewrite mul0mx; apply: trmx_inj; rewrite trmx0; apply: (@gram_eq0 R).
by rewrite trmxK trmx_mul mulmxA -(mulmxA _ A) mulmx_ker mul0mx mxtrace0.
Qed.
Lemma inverse_of_symmetric n (M : 'M[R]_n) : M^T = M -> (invmx M)^T = invmx M.
Proof. by move=> h; rewrite trmx_inv h. Qed.
Lemma pinv_of_factors m r n (F : 'M[R]_(m, r)) (G : 'M[R]_(r, n)) f g :
  G *m G^T *m g = 1%:M -> f *m (F^T *m F) = 1%:M -> f^T = f -> g^T = g ->
  let A := F *m G in let B := G^T *m g *m f *m F^T in
  A *m B *m A = A /\ B *m A *m B = B /\ B^T *m A^T = A *m B /\ A^T *m B^T = B *m A.
Proof.
move=> gr fl sf sg A B.
have AB : A *m B = F *m f *m F^T.
  have -> : A *m B = F *m (G *m G^T *m g) *m f *m F^T by rewrite /A /B !mulmxA.
  by rewrite gr mulmx1.
have BA : B *m A = G^T *m g *m G.
  have -> : B *m A = G^T *m g *m (f *m (F^T *m F)) *m G by rewrite /A /B !mulmxA.
  by rewrite fl mulmx1.
split; [|split; [|split]].
- rewrite AB; have -> : F *m f *m F^T *m A = F *m (f *m (F^T *m F)) *m G by rewrite /A !mulmxA.
  by rewrite fl mulmx1.
- rewrite BA; have -> : G^T *m g *m G *m B = G^T *m g *m (G *m G^T *m g) *m f *m F^T by rewrite /B !mulmxA.
  by rewrite gr mulmx1.
- by rewrite -trmx_mul AB !trmx_mul trmxK sf mulmxA.
- by rewrite -trmx_mul BA !trmx_mul trmxK sg mulmxA.
Qed.
Theorem fact_pinv m n (A : 'M[R]_(m, n)) : exists B : 'M[R]_(n, m),
  A *m B *m A = A /\ B *m A *m B = B /\ B^T *m A^T = A *m B /\ A^T *m B^T = B *m A.
Proof.
rewrite -(mulmx_base A); move: (col_base A) (row_base A) (col_base_full A) (row_base_free A) => F G full free.
have uG : G *m G^T \in unitmx by exact: unit_gram.
have uF : F^T *m F \in unitmx.
  by rewrite -{2}[F]trmxK; apply: unit_gram; rewrite /row_free mxrank_tr; exact: full.
exists (G^T *m invmx (G *m G^T) *m invmx (F^T *m F) *m F^T); apply: pinv_of_factors.
- exact: mulmxV.
- exact: mulVmx.
- by apply: inverse_of_symmetric; rewrite trmx_mul trmxK.
- by apply: inverse_of_symmetric; rewrite trmx_mul trmxK.
Qed.

(* --------------------------------------------------------------------------------------------------------- split *)

Theorem fact_split (n a b : nat) : n = (a + b)%N ->
  exists (J : 'M[R]_(n, a)) (K : 'M[R]_(n, b)),
    J^T *m J = 1%:M /\ K^T *m K = 1%:M /\ J^T *m K = 0 /\ J *m J^T + K *m K^T = 1%:M.
Proof.
move=> e; subst n.
exists (col_mx 1%:M 0), (col_mx 0 1%:M); rewrite !tr_col_mx !trmx1 !trmx0 !mul_row_col !mul_col_row.
rewrite ?(mul1mx, mulmx1, mul0mx, mulmx0, addr0, add0r); do 3 split=> //.
by rewrite add_block_mx ?(addr0, add0r) -scalar_mx_block.
Qed.

(* ------------------------------------------------------------------------------------------------------ spectral *)

Lemma row_norm n (a : 'rV[R]_n) : (a *m a^T) 0 0 = \sum_j a 0 j ^+ 2.
Proof. by rewrite mxE; apply: eq_bigr => j _; rewrite mxE -expr2. Qed.
Lemma row_norm_ge0 n (a : 'rV[R]_n) : 0 <= (a *m a^T) 0 0.
Proof. by rewrite row_norm; apply: sumr_ge0 => j _; exact: sqr_ge0. Qed.
Lemma row_norm_eq0 n (a : 'rV[R]_n) : (a *m a^T) 0 0 = 0 -> a = 0.
Proof.
rewrite row_norm => /eqP; rewrite psumr_eq0 => [/allP h|j _]; last exact: sqr_ge0.
by apply/rowP => j; have := h j (mem_index_enum j); rewrite mxE sqrf_eq0 => /eqP.
Qed.
Lemma row_dotC n (a b : 'rV[R]_n) : (a *m b^T) 0 0 = (b *m a^T) 0 0.
Proof. by rewrite -[a *m b^T]trmxK mxE trmx_mul trmxK. Qed.

(* an eigenvector x + iy with value p + iq: S x = p x - q y, S y = q x + p y, and symmetry gives q = 0 *)
Lemma eigenvector n (S : 'M[R]_n.+1) : S^T = S -> exists (x : R) (v : 'rV[R]_n.+1), v != 0 /\ v *m S = x *: v.
Proof.
move=> sym; pose C := map_mx (real_complex R) S.
have [z root_z] : exists z : complex R, root (char_poly C) z.
  by apply/closed_rootP; rewrite size_char_poly.
have /eigenvalueP [v ev v0] : eigenvalue C z by rewrite eigenvalue_root_char.
case: z ev {root_z} => p q ev.
pose x : 'rV[R]_n.+1 := map_mx (@complex.Re R) v; pose y : 'rV[R]_n.+1 := map_mx (@complex.Im R) v.
have ex : x *m S = p *: x - q *: y.
  apply/rowP => j; move/rowP/(_ j)/(congr1 (@complex.Re R)): ev; rewrite !mxE raddf_sum /= => e.
  have -> : \sum_k x 0 k * S k j = \sum_k complex.Re (v 0 k * C k j).
    by apply: eq_bigr => k _; rewrite !mxE; case: (v 0 k) => c d /=; rewrite mulr0 subr0.
  by rewrite e; case: (v 0 j).
have ey : y *m S = q *: x + p *: y.
  apply/rowP => j; move/rowP/(_ j)/(congr1 (@complex.Im R)): ev; rewrite !mxE raddf_sum /= => e.
  have -> : \sum_k y 0 k * S k j = \sum_k complex.Im (v 0 k * C k j).
    by apply: eq_bigr => k _; rewrite !mxE; case: (v 0 k) => c d /=; rewrite mulr0 add0r.
  by rewrite e; case: (v 0 j) => c d /=; rewrite addrC.
have norm : (x *m x^T) 0 0 + (y *m y^T) 0 0 != 0.
  apply: contra v0; rewrite paddr_eq0 ?row_norm_ge0 // => /andP[/eqP /row_norm_eq0 x0 /eqP /row_norm_eq0 y0].
  apply/eqP/rowP => j; move/rowP/(_ j): x0; move/rowP/(_ j): y0; rewrite !mxE.
  by case: (v 0 j) => c d /= -> ->.
have q0 : q = 0.
  have e : (x *m S *m y^T) 0 0 = (x *m (y *m S)^T) 0 0 by rewrite trmx_mul sym mulmxA.
  have el : ((p *: x - q *: y) *m y^T) 0 0 = p * (x *m y^T) 0 0 - q * (y *m y^T) 0 0.
    by rewrite mulmxBl -!scalemxAl !mxE.
  have er : (x *m (q *: x + p *: y)^T) 0 0 = q * (x *m x^T) 0 0 + p * (x *m y^T) 0 0.
    by rewrite linearD !linearZ /= mulmxDr -!scalemxAr !mxE.
  move: e; rewrite ex ey el er [RHS]addrC => /addrI /eqP.
  by rewrite eq_sym -subr_eq0 opprK -mulrDr mulf_eq0 (negPf norm) orbF => /eqP.
exists p; have [x0|x0] := eqVneq x 0; last by exists x; split=> //; rewrite ex q0 scale0r subr0.
exists y; split; last by rewrite ey q0 scale0r add0r.
by apply: contra norm => /eqP ->; rewrite x0 !mul0mx !mxE addr0.
Qed.

(* a reflection that takes one unit vector to another: 1 - (2/k) w'w, where w = u - e and k = ww' = 2uw' *)
Lemma reflection n (u e : 'rV[R]_n) : u *m u^T = 1%:M -> e *m e^T = 1%:M ->
  exists Q : 'M[R]_n, [/\ Q^T = Q, Q *m Q = 1%:M & u *m Q = e].
Proof.
move=> hu he; have [->|ne] := eqVneq u e; first by exists 1%:M; rewrite trmx1 !mulmx1.
pose w := u - e; pose k := (w *m w^T) 0 0.
have k0 : k != 0 by apply: contra ne => /eqP /row_norm_eq0 /eqP; rewrite subr_eq0.
have ww : w *m w^T = k%:M by rewrite [LHS]mx11_scalar.
have uw : u *m w^T = (k / 2%:R)%:M.
  have d (a b : 'rV[R]_n) : ((a - b) *m (a - b)^T) 0 0 = (a *m a^T) 0 0 + (b *m b^T) 0 0 - (a *m b^T) 0 0 *+ 2.
    rewrite linearB /= mulmxBl !mulmxBr; move: (row_dotC b a).
    move: (a *m a^T) (a *m b^T) (b *m a^T) (b *m b^T) => aa ab ba bb.
    rewrite !mxE => ->; rewrite opprB mulr2n opprD !addrA; congr (_ - _); exact: addrAC.
  have e2 : k = (u *m w^T) 0 0 *+ 2.
    rewrite /k d hu he /w linearB /= mulmxBr hu; move: (u *m e^T) => t.
    by rewrite !mxE eqxx mulrnBl [true%:R *+ 2]mulr2n.
  by rewrite [LHS]mx11_scalar; congr (_%:M); rewrite e2 -mulr_natr mulfK // pnatr_eq0.
have two : (2%:R : R) != 0 by rewrite pnatr_eq0.
have uwe : u - w = e by rewrite /w opprB addrC subrK.
clearbody k; clearbody w; exists (1%:M - (2%:R / k) *: (w^T *m w)); split.
- by rewrite linearB linearZ /= trmx1 trmx_mul trmxK.
- have WW : w^T *m w *m (w^T *m w) = k *: (w^T *m w).
    by rewrite mulmxA -(mulmxA w^T) ww mul_mx_scalar -scalemxAl.
  rewrite mulmxBl mul1mx mulmxBr mulmx1 -scalemxAl -scalemxAr WW !scalerA.
  have -> : 2%:R / k * (2%:R / k) * k = 2%:R / k + 2%:R / k by rewrite -mulrA divfK // mulr_natr mulr2n.
  by rewrite scalerDl opprB addrK subrK.
- rewrite mulmxBr mulmx1 -scalemxAr mulmxA uw mul_scalar_mx scalerA mulrA divfK // divff // scale1r.
  exact: uwe.
Qed.
Theorem diagonal n (S : 'M[R]_n) : S^T = S ->
  exists (U : 'M[R]_n) (l : 'rV[R]_n), U *m U^T = 1%:M /\ S = U *m diag_mx l *m U^T.
Proof.
elim: n S => [|n IH] S sym; first by exists 1%:M, 0; split; apply/matrixP => -[].
have [x [v [v0 ev]]] := eigenvector sym; pose k := (v *m v^T) 0 0.
have k0 : 0 < k by rewrite lt0r row_norm_ge0 andbT; apply: contra v0 => /eqP /row_norm_eq0 ->.
pose u := (Num.sqrt k)^-1 *: v; pose e : 'rV[R]_(1 + n) := row_mx 1%:M 0.
have hu : u *m u^T = 1%:M.
  rewrite /u linearZ /= -scalemxAl -scalemxAr [v *m _]mx11_scalar -/k !scalerA.
  by rewrite scale_scalar_mx -mulrA -invfM -expr2 sqr_sqrtr ?ltW // mulVf ?gt_eqF || rewrite scale_scalar_mx -invfM -expr2 sqr_sqrtr ?ltW // mulVf ?gt_eqF.
have he : e *m e^T = 1%:M by rewrite /e tr_row_mx mul_row_col trmx0 mulmx0 addr0 trmx1 mulmx1.
have [Q [sQ QQ uQ]] := reflection hu he.
have eQ : e *m Q = u by rewrite -uQ -mulmxA QQ mulmx1.
pose T : 'M[R]_(1 + n) := Q *m S *m Q.
have sT : T^T = T by rewrite /T !trmx_mul sym sQ mulmxA.
have eT : e *m T = x *: e.
  by rewrite /T !mulmxA eQ /u -scalemxAl ev scalerA mulrC -scalerA -/u -scalemxAl uQ.
have bT : T = block_mx x%:M 0 0 (drsubmx T).
  move: eT; rewrite -{1}[T]submxK /e mul_row_block !mul1mx !mul0mx !addr0 scale_row_mx scaler0 scalemx1.
  move=> /eq_row_mx [e1 e2].
  have e3 : dlsubmx T = 0 by rewrite -sT -[dlsubmx _]trmxK trmx_dlsub trmxK e2 trmx0.
  by rewrite -[LHS]submxK e1 e2 e3.
have sD : (drsubmx T)^T = drsubmx T by rewrite -{2}sT trmx_drsub.
have [V [l [hV hT]]] := IH _ sD.
pose B : 'M[R]_(1 + n) := block_mx 1%:M 0 0 V; pose L : 'rV[R]_(1 + n) := row_mx x%:M l.
have BB : B *m B^T = 1%:M.
  rewrite /B tr_block_mx mulmx_block !trmx0 ?(mul0mx, mulmx0, addr0, add0r) trmx1 mulmx1 hV.
  by rewrite -scalar_mx_block.
have dT : T = B *m diag_mx L *m B^T.
  rewrite bT hT /B /L diag_mx_row tr_block_mx !mulmx_block !trmx0 ?(mul0mx, mulmx0, addr0, add0r, trmx1, mulmx1, mul1mx).
  by congr block_mx; apply/matrixP => i j; rewrite !mxE !ord1.
have S_ : S = Q *m T *m Q by rewrite /T !mulmxA QQ mul1mx -mulmxA QQ mulmx1.
exists (Q *m B : 'M[R]_(1 + n)), L; split.
  by rewrite trmx_mul sQ mulmxA -(mulmxA Q) BB mulmx1 QQ.
by rewrite trmx_mul sQ [LHS]S_ dT !mulmxA.
Qed.

(* ----------------------------------------------------------------------------------------- spectral projectors *)

Section Projectors.
Variables (n : nat) (U : 'M[R]_n).
Hypothesis UU : U *m U^T = 1%:M.
Definition conj_diag (l : 'rV[R]_n) : 'M[R]_n := U *m diag_mx l *m U^T.
Lemma conj_diag_tr l : (conj_diag l)^T = conj_diag l.
Proof. by rewrite /conj_diag !trmx_mul trmxK tr_diag_mx mulmxA. Qed.
Lemma conj_diag_mul l m : conj_diag l *m conj_diag m = conj_diag (\row_j (l 0 j * m 0 j)).
Proof.
rewrite /conj_diag !mulmxA -(mulmxA _ U^T) (mulmx1C UU) mulmx1 -(mulmxA U) ; congr (_ *m _ *m _).
by apply/matrixP => i j; rewrite mul_diag_mx !mxE mulrnAr.
Qed.
Lemma conj_diag_1 : conj_diag (const_mx 1) = 1%:M.
Proof. by rewrite /conj_diag diag_const_mx mulmx1. Qed.
Lemma conj_diag_tr_sum l : \tr (conj_diag l) = \sum_j l 0 j.
Proof. by rewrite /conj_diag -mulmxA mxtrace_mulC -mulmxA (mulmx1C UU) mulmx1 mxtrace_diag. Qed.
Lemma conj_diagD l m : conj_diag (l + m) = conj_diag l + conj_diag m.
Proof. by rewrite /conj_diag linearD /= mulmxDr mulmxDl. Qed.
Lemma conj_diagZ c l : conj_diag (c *: l) = c *: conj_diag l.
Proof. by rewrite /conj_diag linearZ /= -scalemxAr -scalemxAl. Qed.
Lemma conj_diag_entry l i k : conj_diag l i k = \sum_j U i j * l 0 j * U k j.
Proof. by rewrite mxE; apply: eq_bigr => j _; rewrite mul_mx_diag !mxE. Qed.
End Projectors.

Theorem fact_basis (n : nat) (P : 'M[R]_(n, n)) : P^T = P -> P *m P = P ->
  exists (k : nat) (W : 'M[R]_(n, k)), W^T *m W = 1%:M /\ W *m W^T = P.
Proof.
move=> sym idem; have [U [l [UU PE]]] := diagonal sym.
have l01 j : l 0 j = (l 0 j == 1)%:R.
  have : conj_diag U l *m conj_diag U l = conj_diag U l by rewrite /conj_diag -PE.
  rewrite conj_diag_mul // /conj_diag => /(congr1 (fun M => U^T *m M *m U)).
  rewrite !mulmxA (mulmx1C UU) !mul1mx -!mulmxA (mulmx1C UU) !mulmx1 => /matrixP /(_ j j).
  rewrite !mxE eqxx !mulr1n => e; have [//|n1] := eqVneq (l 0 j) 1.
  by have /eqP : l 0 j * (l 0 j - 1) = 0; [rewrite mulrBr mulr1 e subrr|rewrite mulf_eq0 subr_eq0 (negPf n1) orbF => /eqP].
pose A := [pred j | l 0 j == 1]; exists #|A|, (\matrix_(i, a) U i (enum_val a)); split.
  apply/matrixP => a b; have := congr1 (fun M : 'M[R]_n => M (enum_val a) (enum_val b)) (mulmx1C UU).
  rewrite !mxE (inj_eq enum_val_inj) => <-; by apply: eq_bigr => i _; rewrite !mxE.
apply/matrixP => i k; rewrite PE (conj_diag_entry U l i k) mxE.
transitivity (\sum_(j in A) U i j * U k j); last first.
  rewrite [LHS]big_mkcond /=; apply: eq_bigr => j _; rewrite [in RHS]l01 inE.
  by case: eqP => _; rewrite ?mulr1 // mulr0 mul0r.
by rewrite [RHS]big_enum_val; apply: eq_bigr => a _; rewrite !mxE.
Qed.

Theorem fact_spectral (n : nat) (S : 'M[R]_(n, n)) : S^T = S ->
  exists (r : nat) (s : nat -> R) (E Q : forall k : nat, 'M[R]_(n, n)),
    (forall i : nat, (0 < i)%N -> (i <= r)%N ->
      (E i)^T = E i /\ E i *m E i = E i /\ S *m E i = s i *: E i /\ (0 : R) < \tr (E i)) /\
    (forall i : nat, (0 < i)%N -> (i <= r)%N -> forall j : nat, (i < j)%N -> (j <= r)%N -> s j < s i) /\
    Q 0%N = 0 /\ (forall i : nat, (i < r)%N -> Q i.+1 = E i.+1 + Q i) /\ Q r = 1%:M.
Proof.
move=> sym; have [U [l [UU SE]]] := diagonal sym.
pose vals := sort (fun x y : R => y <= x) (undup [seq l 0 j | j <- enum 'I_n]).
have memv j : l 0 j \in vals by rewrite mem_sort mem_undup; apply: map_f; rewrite mem_enum.
have uv : uniq vals by rewrite sort_uniq undup_uniq.
pose s i := nth 0 vals i.-1; pose e (x : R) : 'rV[R]_n := \row_j (l 0 j == x)%:R.
pose E (k : nat) := conj_diag U (e (s k)); pose Q k := \sum_(i < k) E i.+1.
exists (size vals), s, E, Q; split; [|split; [|split; [|split]]].
- case=> // k _ lt; split; [exact: conj_diag_tr|split; [|split]].
  + rewrite /E conj_diag_mul //; congr conj_diag; apply/rowP => j; rewrite !mxE.
    by case: eqP => _; rewrite ?mulr1 ?mulr0.
  + have -> : S *m E k.+1 = conj_diag U l *m E k.+1 by rewrite /conj_diag -SE.
    rewrite /E conj_diag_mul // -conj_diagZ; congr conj_diag; apply/rowP => j; rewrite !mxE.
    by case: eqP => [->|_]; rewrite ?mulr1 ?mulr0.
  + have : s k.+1 \in vals by rewrite mem_nth.
    rewrite mem_sort mem_undup => /mapP [j _ ej]; rewrite /E conj_diag_tr_sum //.
    apply: (@lt_le_trans _ _ (e (s k.+1) 0 j)); first by rewrite mxE -ej eqxx ltr01.
    by rewrite (bigD1 j) //= ler_addl; apply: sumr_ge0 => i' _; rewrite mxE ler0n.
- case=> // k _ _ j kj jr.
  have st : sorted (fun x y : R => y <= x) vals by apply: sort_sorted => x y; exact: le_total.
  have tr : transitive (fun x y : R => y <= x) by move=> x y z h1 h2; exact: le_trans h2 h1.
  have kv : (k < size vals)%N by apply: leq_trans jr; exact: leq_trans kj.
  case: j kj jr => // j kj jr; rewrite lt_neqAle /s /=; apply/andP; split.
    by rewrite nth_uniq // neq_ltn [(k < j)%N]kj orbT.
  by apply: (sorted_leq_nth tr _ 0 st); rewrite ?inE // ltnW.
- by rewrite /Q big_ord0.
- by move=> i _; rewrite /Q big_ord_recr /= addrC.
- rewrite /Q -(conj_diag_1 UU).
  have -> : \sum_(i < size vals) E i.+1 = conj_diag U (\sum_(i < size vals) e (s i.+1)).
    apply: (big_ind2 (fun M v => M = conj_diag U v)) => [|M v N w -> ->|//].
      by rewrite /conj_diag linear0 mulmx0 mul0mx.
    by rewrite conj_diagD.
  congr conj_diag; apply/rowP => j; rewrite summxE mxE.
  have lt : (index (l 0%R j) vals < size vals)%N by rewrite index_mem.
  rewrite (bigD1 (Ordinal lt)) //= mxE /s /= nth_index // eqxx big1 ?addr0 // => i ne.
  rewrite mxE; case: eqP => // ei; case/eqP: ne; apply: val_inj => /=.
  by rewrite ei index_uniq.
Qed.
End Facts.
