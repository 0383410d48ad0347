(* Checker: a proof is a list of lines; each gives a sequent by a rule.  If the last line gives the statement, without
   hypotheses, then the statement holds. *)
From Coq Require Import ZArith FMapPositive.
From mathcomp Require Import all_ssreflect all_algebra.
From SymbolicCP Require Import Terms Algebra Substitution Formulas Logic Theory Chain Evaluation.
Set Implicit Arguments. Unset Strict Implicit. Unset Printing Implicit Defensive.
Import Order.Theory GRing.Theory Num.Theory.
Local Open Scope ring_scope.

(* premises are numbers of lines; hypotheses are numbers in the table; `Cite k` is the k-th theorem that is cited *)
Inductive line :=
 | Cite of nat
 | Assume of positive
 | AndIntro of positive & positive
 | AndLeft of positive
 | AndRight of positive
 | OrLeft of positive & formula
 | OrRight of positive & formula
 | Cases of positive & positive & positive & option positive & option positive
 | ImpliesIntro of positive & positive
 | ImpliesElim of positive & positive
 | ForAllIntro of positive & quantified & name
 | ForAllElim of positive & val
 | ExistsIntro of positive & formula & val
 | ExistsElim of positive & positive & option positive & name
 | FalsumElim of positive & formula
 | ExcludedMiddle of formula
 | Combine of seq positive & formula & seq cofactor & seq positive_product
 | Gram of positive & shaped
 | Trichotomy of spoly
 | Inverse of positive
 | OneByOne of shaped
 | NatNonnegative of ntm
 | NatSuccessor of positive & ntm & ntm
 | NatDifference of positive & ntm & ntm
 | Leibniz of positive & name & ntm & formula
 | Evaluate of formula
 | Chain of positive & positive & name & ntm & seq state & formula & option formula.

Module M := PositiveMap.
Definition look (s : M.t sequent) i := M.find i s.
Fixpoint collect (s : M.t sequent) (l : seq positive) : option (seq sequent) := if l is i :: l then
  do p <- look s i; do q <- collect s l; Some (p :: q) else Some [::].
Definition entry (t : M.t formula) i := if M.find i t is Some f then f else Falsum.

Section Run.
Variables (table : M.t formula) (cited : seq formula).
Local Notation hyp := (entry table).
Definition step (s : M.t sequent) (l : line) : option sequent := match l with
  | Cite k => do f <- sane_formula (nth Falsum cited k); if_ (k < size cited)%N then_ ([::], f)
  | Assume i => r_assume hyp i
  | AndIntro i j => do p <- look s i; do q <- look s j; r_and_intro p q
  | AndLeft i => do p <- look s i; r_and_left p
  | AndRight i => do p <- look s i; r_and_right p
  | OrLeft i f => do p <- look s i; r_or_left p f
  | OrRight i f => do p <- look s i; r_or_right p f
  | Cases i j k a b => do p <- look s i; do q <- look s j; do r <- look s k; r_cases hyp p q r a b
  | ImpliesIntro i a => do p <- look s i; r_implies_intro hyp p a
  | ImpliesElim i j => do p <- look s i; do q <- look s j; r_implies_elim p q
  | ForAllIntro i q x => do p <- look s i; r_for_all_intro hyp p q x
  | ForAllElim i v => do p <- look s i; do w <- norm_val v; r_for_all_elim p w
  | ExistsIntro i f v => do p <- look s i; do w <- norm_val v; r_exists_intro p f w
  | ExistsElim i j a x => do p <- look s i; do q <- look s j; r_exists_elim hyp p q a x
  | FalsumElim i f => do p <- look s i; r_falsum_elim p f
  | ExcludedMiddle f => r_excluded_middle f
  | Combine l f c p => do ps <- collect s l; r_combine ps f c p
  | Gram i m => do p <- look s i; r_gram p m
  | Trichotomy t => r_trichotomy t
  | Inverse i => do p <- look s i; r_inverse p
  | OneByOne m => r_one_by_one m
  | NatNonnegative t => r_nat_nonnegative t
  | NatSuccessor i a b => do p <- look s i; r_nat_successor p a b
  | NatDifference i a b => do p <- look s i; r_nat_difference p a b
  | Leibniz i x t f => do p <- look s i; r_leibniz p x t f
  | Evaluate f => r_evaluate f
  | Chain i j k n st f g => do p <- look s i; do q <- look s j; r_chain p q k n st f g end.

(* the sequents of the lines 1, 2, ..., or the number of the first line that fails *)
Fixpoint run (i : positive) (s : M.t sequent) (last : sequent) (ls : seq line) : sequent + positive := match ls with
  | [::] => inl last
  | l :: ls => if step s l is Some p then run (Pos.succ i) (M.add i p s) p ls else inr i end.

Section Sound.
Variable R : rcfType.
Hypothesis cited_ok : forall k, (k < size cited)%N -> forall rho : env R, den (nth Falsum cited k) rho.
Local Notation valid := (valid hyp R).
Definition all_valid (s : M.t sequent) := forall i p, look s i = Some p -> valid p.
Lemma collect_ok s l ps : all_valid s -> collect s l = Some ps ->
  forall i, (i < size ps)%N -> valid (nth ([::], Falsum) ps i).
Proof.
move=> vs; elim: l ps => [|i l IH] ps /=; first by case=> <-.
case E: (look s i) => [p|] //; case E2: (collect s l) => [q|] // [<-] [|k] //=; first by move=> _; exact: vs E.
by rewrite ltnS; exact: IH.
Qed.
Lemma step_ok s l p : all_valid s -> step s l = Some p -> valid p.
Proof.
move=> vs; have v i q : look s i = Some q -> valid q by exact: vs.
case: l => [k|i|i j|i|i|i f|i f|i j k a b|i a|i j|i q x|i w|i f w|i j a x|i f|f|l f c w|i m|t|i|m|t|i a b|i a b|i x t f|f|i j k n st f g] /=.
- case E: (sane_formula _) => [f|] //; case: ifP => // lt [<-] rho _.
  by apply/(sane_formulaP rho E); exact: cited_ok.
- exact: (@assume_ok hyp R).
- by case E1: (look s i) => [q|] //; case E2: (look s j) => [r|] //; apply: and_intro_ok; [exact: v E1|exact: v E2].
- by case E1: (look s i) => [q|] //; apply: and_left_ok; exact: v E1.
- by case E1: (look s i) => [q|] //; apply: and_right_ok; exact: v E1.
- by case E1: (look s i) => [q|] //; apply: or_left_ok; exact: v E1.
- by case E1: (look s i) => [q|] //; apply: or_right_ok; exact: v E1.
- case E1: (look s i) => [q|] //; case E2: (look s j) => [r|] //; case E3: (look s k) => [t|] //.
  by apply: cases_ok; [exact: v E1|exact: v E2|exact: v E3].
- by case E1: (look s i) => [q|] //; apply: implies_intro_ok; exact: v E1.
- by case E1: (look s i) => [q|] //; case E2: (look s j) => [r|] //; apply: implies_elim_ok; [exact: v E1|exact: v E2].
- by case E1: (look s i) => [r|] //; apply: for_all_intro_ok; exact: v E1.
- by case E1: (look s i) => [r|] //; case: (norm_val w) => // u; apply: for_all_elim_ok; exact: v E1.
- by case E1: (look s i) => [r|] //; case: (norm_val w) => // u; apply: exists_intro_ok; exact: v E1.
- by case E1: (look s i) => [q|] //; case E2: (look s j) => [r|] //; apply: exists_elim_ok; [exact: v E1|exact: v E2].
- by case E1: (look s i) => [q|] //; apply: falsum_elim_ok; exact: v E1.
- exact: (@excluded_middle_ok hyp R).
- by case E: (collect s l) => [ps|] //; apply: combine_ok; exact: collect_ok E.
- by case E1: (look s i) => [q|] //; apply: gram_ok; exact: v E1.
- exact: (@trichotomy_ok R hyp).
- by case E1: (look s i) => [q|] //; apply: inverse_ok; exact: v E1.
- exact: (@one_by_one_ok R hyp).
- exact: (@nat_nonnegative_ok R hyp).
- by case E1: (look s i) => [q|] //; apply: nat_successor_ok; exact: v E1.
- by case E1: (look s i) => [q|] //; apply: nat_difference_ok; exact: v E1.
- by case E1: (look s i) => [q|] //; apply: leibniz_ok; exact: v E1.
- exact: (@evaluate_ok R hyp).
- by case E1: (look s i) => [q|] //; case E2: (look s j) => [r|] //; apply: chain_ok; [exact: v E1|exact: v E2].
Qed.
Lemma run_ok i s last ls p : all_valid s -> valid last -> run i s last ls = inl p -> valid p.
Proof.
elim: ls i s last => [|l ls IH] i s last vs vl /=; first by case=> <-.
case E: (step s l) => [q|] //; apply: IH; last exact: step_ok E.
move=> j r; rewrite /look PositiveMapAdditionalFacts.gsspec; case: (PositiveMap.E.eq_dec _ _) => [_ [<-]|_]; last exact: vs.
exact: step_ok E.
Qed.
End Sound.
End Run.

Fixpoint make_table (i : positive) (s : seq formula) : M.t formula := if s is f :: s then
  M.add i (if sane_formula f is Some g then g else Falsum) (make_table (Pos.succ i) s) else M.empty formula.
Definition trivial_sequent : sequent := ([::], Imp Falsum Falsum).
(* what the proof gives, for messages: the last sequent, or the number of the line that fails *)
Definition outcome (hyps cited : seq formula) (ls : seq line) :=
  run (make_table 1 hyps) cited 1 (M.empty sequent) trivial_sequent ls.
Definition accepts (hyps cited : seq formula) (ls : seq line) (statement : formula) : bool :=
  match outcome hyps cited ls with
  | inl ([::], f) => ffits [::] statement && eqf f (normal statement)
  | _ => false end.
Definition true_in (R : rcfType) (f : formula) := forall rho : env R, den f rho.
Fixpoint all_true (R : rcfType) (s : seq formula) : Prop := if s is f :: s then true_in R f /\ all_true R s else True.
Theorem accepted (R : rcfType) hyps cited ls statement :
  all_true R cited -> accepts hyps cited ls statement -> true_in R statement.
Proof.
move=> ct; rewrite /accepts; case E: (outcome _ _ _) => [[[|] f]|] //= /andP[fit /eqfP e] rho.
have cited_ok k : (k < size cited)%N -> forall sigma : env R, den (nth Falsum cited k) sigma.
  by elim: cited k ct {E} => // g s IH [|k] /= [h1 h2] lt sigma; [exact: h1|exact: IH].
have v := run_ok cited_ok _ _ E; apply/(den_normal rho fit); rewrite -e; apply: v => //.
  by move=> i p; rewrite /look PositiveMap.gempty.
by move=> sigma _ [].
Qed.
