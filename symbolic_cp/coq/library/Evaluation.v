(* Evaluation: formulas about numbers and literal matrices, without quantifiers, are decided by computing. *)
From Coq Require Import ZArith.
From mathcomp Require Import all_ssreflect all_algebra.
From SymbolicCP Require Import Terms Algebra Substitution Formulas Logic Theory.
Set Implicit Arguments. Unset Strict Implicit. Unset Printing Implicit Defensive.
Import Order.Theory GRing.Theory Num.Theory.
Local Open Scope ring_scope.

Definition q0 : rat := Frac 0 1.
Definition entry_of (t : seq (seq rat)) i j := nth q0 (nth [::] t i) j.
Definition tabulate m n (f : nat -> nat -> rat) := mkseq (fun i => mkseq (f i) n) m.
Definition qsum (f : nat -> rat) n := foldr (fun i s => qadd (f i) s) q0 (iota 0 n).
Definition number_of t : option nat := if t is Nt c NNil then Some c else None.
Definition letter_table (l : letter) : option (seq (seq rat)) := if lbase l is BL e then Some e else None.
Definition letter_entry (e : seq (seq rat)) (l : letter) i j := if ltr l then entry_of e j i else entry_of e i j.
(* a word as a table, given its numbers of rows and columns *)
Fixpoint word_table (w : word) m n : option (seq (seq rat)) := match w with
  | [::] => Some (tabulate m n (fun i j => if i == j then qone else q0))
  | l :: w => do e <- letter_table l; do k <- number_of (col l); do t <- word_table w k n;
    Some (tabulate m n (fun i j => qsum (fun h => qmul (letter_entry e l i h) (entry_of t h j)) k)) end.
Definition gen_value (a : gen) : option rat := if a is GT w then
  do m <- number_of (side w); do t <- word_table w m m; Some (qsum (fun i => entry_of t i i) m) else None.
Fixpoint gens_value (g : gens) : option rat := if g is a :: g then
  do x <- gen_value a; do y <- gens_value g; Some (qmul x y) else Some qone.
Fixpoint scalar_value (p : spoly) : option rat := if p is t :: p then
  do x <- gens_value t.2; do y <- scalar_value p; Some (qadd (qmul t.1 x) y) else Some q0.
Fixpoint matrix_value (p : mpoly) m n : option (seq (seq rat)) := if p is t :: p then
  do x <- gens_value t.2.1; do w <- word_table t.2.2 m n; do u <- matrix_value p m n;
  Some (tabulate m n (fun i j => qadd (qmul (qmul t.1 x) (entry_of w i j)) (entry_of u i j)))
  else Some (tabulate m n (fun _ _ => q0)).
Fixpoint formula_value (f : formula) : option bool := match f with
  | EqS p => do x <- scalar_value p; Some (qzero x)
  | EqM r c p => do m <- number_of r; do n <- number_of c; do t <- matrix_value p m n;
    Some (all (fun i => all (fun j => qzero (entry_of t i j)) (iota 0 n)) (iota 0 m))
  | Ge p => do x <- scalar_value p; Some (qzero x || qpos x)
  | Gt p => do x <- scalar_value p; Some (qpos x)
  | Falsum => Some false
  | And a b => do x <- formula_value a; do y <- formula_value b; Some (x && y)
  | Or a b => do x <- formula_value a; do y <- formula_value b; Some (x || y)
  | Imp a b => do x <- formula_value a; do y <- formula_value b; Some (x ==> y)
  | _ => None end.
Definition r_evaluate f : option sequent := do g <- sane_formula f; do b <- formula_value g; if_ b then_ ([::], g).

Section Sound.
Variables (R : rcfType) (rho : env R).
Local Notation qr := (@qr R).
Definition mat m n (t : seq (seq rat)) : 'M[R]_(m, n) := cut m n (fun i j => qr (entry_of t i j)).
Lemma qr0 : qr q0 = 0. Proof. exact: qzeroP. Qed.
Lemma tabulateE m n f i j : (i < m)%N -> (j < n)%N -> entry_of (tabulate m n f) i j = f i j.
Proof. by move=> hi hj; rewrite /entry_of nth_mkseq // nth_mkseq. Qed.
Lemma qsumE f n : qr (qsum f n) = \sum_(i < n) qr (f i).
Proof.
rewrite /qsum -(big_mkord xpredT (fun i => qr (f i))) /index_iota subn0.
by elim: (iota 0 n) => [|i s IH] /=; rewrite ?big_nil ?qr0 // big_cons qrD IH.
Qed.
Lemma number_ofE t n : number_of t = Some n -> nden rho t = n.
Proof. by case: t => c [|? ? ? ?] //= [<-]; exact: addn0. Qed.
Lemma letterE e l m n : letter_table l = Some e -> lden rho l m n = cut m n (fun i j => qr (letter_entry e l i j)).
Proof.
case: l => [[x g|t] r c []] //= [<-]; apply/matrixP => i j; by rewrite !mxE.
Qed.
Lemma word_tableE w m n t : word_table w m n = Some t -> wden rho w m n = mat m n t.
Proof.
elim: w m t => [|l w IH] m t /=.
  case=> <-; apply/matrixP => i j; rewrite !mxE tabulateE //.
  by case: eqP => _; rewrite ?qr1 ?qr0.
case E: (letter_table l) => [e|] //; case K: (number_of _) => [k|] //; case W: (word_table _ _ _) => [u|] // [<-].
rewrite (number_ofE K) (letterE _ _ E) (IH _ _ W); apply/matrixP => i j; rewrite !mxE tabulateE // qsumE.
by apply: eq_bigr => h _; rewrite !mxE qrM.
Qed.
Lemma gen_valueE a x : gen_value a = Some x -> gden rho a = qr x.
Proof.
case: a => //= w; case K: (number_of _) => [m|] //; case W: (word_table _ _ _) => [t|] // [<-].
by rewrite (number_ofE K) (word_tableE W) qsumE; apply: eq_bigr => i _; rewrite mxE.
Qed.
Lemma gens_valueE g x : gens_value g = Some x -> gsden rho g = qr x.
Proof.
elim: g x => [|a g IH] x /=; first by case=> <-; rewrite qr1.
case A: (gen_value a) => [y|] //; case G: (gens_value g) => [z|] // [<-].
by rewrite (gen_valueE A) (IH _ G) qrM.
Qed.
Lemma scalar_valueE p x : scalar_value p = Some x -> spden rho p = qr x.
Proof.
elim: p x => [|t p IH] x /=; first by case=> <-; rewrite qr0.
case A: (gens_value _) => [y|] //; case G: (scalar_value p) => [z|] // [<-].
by rewrite spden_cons (gens_valueE A) (IH _ G) qrD qrM.
Qed.
Lemma matrix_valueE p m n t : matrix_value p m n = Some t -> mpden rho p m n = mat m n t.
Proof.
elim: p t => [|s p IH] t /=.
  by case=> <-; apply/matrixP => i j; rewrite !mxE tabulateE // qr0.
case A: (gens_value _) => [x|] //; case W: (word_table _ _ _) => [w|] //; case U: (matrix_value p m n) => [u|] // [<-].
rewrite mpden_cons (gens_valueE A) (word_tableE W) (IH _ U); apply/matrixP => i j.
by rewrite !mxE tabulateE // qrD !qrM.
Qed.
Lemma qzeroE x : (qr x == 0) = qzero x.
Proof.
case: x => [[|n|n] d]; rewrite qrE mulf_eq0 invr_eq0 (negbTE (zr_neq0 R d)) orbF /=.
- by rewrite /zr eqxx.
- by rewrite (negbTE (zr_neq0 R n)).
- by rewrite -[Zneg n]/(Z.opp (Zpos n)) zrN oppr_eq0 (negbTE (zr_neq0 R n)).
Qed.
Lemma qposE x : (0 < qr x) = qpos x.
Proof.
case: x => [[|n|n] d]; rewrite qrE pmulr_lgt0 ?invr_gt0 ?zr_gt0 //.
by apply/negbTE; rewrite -leNgt -[Zneg n]/(Z.opp (Zpos n)) zrN oppr_le0 ltW // zr_gt0.
Qed.
Lemma formula_valueE f b : formula_value f = Some b -> den f rho <-> b.
Proof.
elim: f b => [p|r c p|p|p||f IHf g IHg|f IHf g IHg|f IHf g IHg|q h f IHf|q h f IHf] b //=.
- by case E: (scalar_value p) => [x|] // [<-]; rewrite (scalar_valueE E) -qzeroE; split=> /eqP.
- case M: (number_of r) => [m|] //; case N: (number_of c) => [n|] //; case E: (matrix_value p m n) => [t|] // [<-].
  rewrite (number_ofE M) (number_ofE N) (matrix_valueE E); split=> [z|/allP h].
    apply/allP => i; rewrite mem_iota add0n => /andP[_ hi]; apply/allP => j; rewrite mem_iota add0n => /andP[_ hj].
    by rewrite -qzeroE; have /matrixP /(_ (Ordinal hi) (Ordinal hj)) := z; rewrite !mxE /= => ->.
  apply/matrixP => i j; rewrite !mxE; apply/eqP; rewrite qzeroE.
  have hi : nat_of_ord i \in iota 0 m by rewrite mem_iota add0n /=.
  have hj : nat_of_ord j \in iota 0 n by rewrite mem_iota add0n /=.
  exact: (allP (h _ hi) _ hj).
- case E: (scalar_value p) => [x|] // [<-]; rewrite (scalar_valueE E) -qzeroE -qposE le_eqVlt eq_sym.
  by [].
- by case E: (scalar_value p) => [x|] // [<-]; rewrite (scalar_valueE E) -qposE.
- by case=> <-.
- case A: (formula_value f) => [x|] //; case B: (formula_value g) => [y|] // [<-].
  by split=> [[/(IHf _ A) -> /(IHg _ B) ->]|/andP[/(IHf _ A) h /(IHg _ B)]].
- case A: (formula_value f) => [x|] //; case B: (formula_value g) => [y|] // [<-].
  by split=> [[/(IHf _ A) ->|/(IHg _ B) ->]|/orP[/(IHf _ A)|/(IHg _ B)]]; rewrite ?orbT; [..|left|right].
- case A: (formula_value f) => [x|] //; case B: (formula_value g) => [y|] // [<-].
  by split=> [h|/implyP h /(IHf _ A) /h /(IHg _ B)]; first by apply/implyP => /(IHf _ A) /h /(IHg _ B).
Qed.
End Sound.
Theorem evaluate_ok (R : rcfType) table f : ok table R (r_evaluate f).
Proof.
rewrite /r_evaluate => p; case: (sane_formula f) => // g; case E: (formula_value g) => [b|] //.
by case: ifP => // hb [<-] rho _; apply/(formula_valueE rho E); rewrite hb.
Qed.
