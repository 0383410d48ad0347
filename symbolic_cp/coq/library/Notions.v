(* Notions: what the statements of the book name, for matrices of all shapes that fit.  A statement that says one of
   these says it by name; what it stands for is written out here, and the lemma `read` of each file unfolds it. *)
From mathcomp Require Import all_ssreflect all_algebra.
Set Implicit Arguments. Unset Strict Implicit. Unset Printing Implicit Defensive.
Import Order.Theory GRing.Theory Num.Theory.
Local Open Scope ring_scope.

Section Notions.
Variable R : rcfType.

(* B is the Moore-Penrose inverse of A: the four equations of Penrose *)
Definition penrose m n (A : 'M[R]_(m, n)) (B : 'M[R]_(n, m)) : Prop :=
  A *m B *m A = A /\ B *m A *m B = B /\ B^T *m A^T = A *m B /\ A^T *m B^T = B *m A.

(* the gradients of 1/2 |A2 A1 X - Y|^2 for A1 and for A2 vanish: eq-23 and eq-24 of the paper *)
Definition eq23 d0 d1 d2 m (X : 'M[R]_(d0, m)) (Y : 'M[R]_(d2, m)) (A1 : 'M[R]_(d1, d0)) (A2 : 'M[R]_(d2, d1)) : Prop :=
  A2^T *m A2 *m A1 *m X *m X^T = A2^T *m Y *m X^T.
Definition eq24 d0 d1 d2 m (X : 'M[R]_(d0, m)) (Y : 'M[R]_(d2, m)) (A1 : 'M[R]_(d1, d0)) (A2 : 'M[R]_(d2, d1)) : Prop :=
  A2 *m A1 *m X *m X^T *m A1^T = Y *m X^T *m A1^T.

Definition orthogonal m n (U : 'M[R]_(m, n)) : Prop := U *m U^T = 1%:M /\ U^T *m U = 1%:M.

(* S = s 1 E 1 + ... + s r E r, with s decreasing and orthogonal projectors E i, none of them 0; Q k = E 1 + ... + E k.
   In the first all eigenvalues stand, in the second only the positive ones. *)
Definition spectrum n (S : 'M[R]_(n, n)) (r : nat) (s : nat -> R) (E Q : nat -> 'M[R]_(n, n)) : Prop :=
  (forall (i : nat), (0 < i)%N -> (i <= r)%N ->
    (E i)^T = E i /\ E i *m E i = E i /\ S *m E i = s i *: E i /\ (0 : R) < \tr (E i)) /\
  (forall (i : nat), (0 < i)%N -> (i <= r)%N -> forall (j : nat), (i < j)%N -> (j <= r)%N -> s j < s i) /\
  Q 0%N = 0 /\
  (forall (i : nat), (i < r)%N -> Q i.+1 = E i.+1 + Q i) /\
  Q r = 1%:M.
Definition positive_spectrum n (S : 'M[R]_(n, n)) (r : nat) (s : nat -> R) (E Q : nat -> 'M[R]_(n, n)) : Prop :=
  (forall (i : nat), (0 < i)%N -> (i <= r)%N ->
    (E i)^T = E i /\ E i *m E i = E i /\ S *m E i = s i *: E i /\ (0 : R) < \tr (E i) /\ (0 : R) < s i) /\
  (forall (i : nat), (0 < i)%N -> (i <= r)%N -> forall (j : nat), (i < j)%N -> (j <= r)%N -> s j < s i) /\
  Q 0%N = 0 /\
  (forall (i : nat), (i < r)%N -> Q i.+1 = E i.+1 + Q i) /\
  S *m Q r = S.

(* V = [diag(V_1, ..., V_r, V_bar), 0] with respect to the eigenspaces E i: block i is W i (T i)^T, where W i are
   orthonormal columns in that eigenspace and T i the unit vectors of the columns that it takes; Vs k has the first k *)
Definition block_structure n m w (p : nat -> nat) (E Q : nat -> 'M[R]_(n, n)) (r : nat) (V : 'M[R]_(n, m))
    (W : forall k : nat, 'M[R]_(n, p k)) (T : forall k : nat, 'M[R]_(m, p k)) (Vs : nat -> 'M[R]_(n, m))
    (Wb : 'M[R]_(n, w)) (Tb : 'M[R]_(m, w)) : Prop :=
  Vs 0%N = 0 /\
  (forall (k : nat), (k < r)%N ->
    Vs k.+1 = W k.+1 *m (T k.+1)^T + Vs k /\
    (W k.+1)^T *m W k.+1 = 1%:M /\
    E k.+1 *m W k.+1 = W k.+1 /\
    (T k.+1)^T *m T k.+1 = 1%:M /\
    Vs k *m T k.+1 = 0) /\
  V = Wb *m Tb^T + Vs r /\
  Wb^T *m Wb = 1%:M /\
  Q r *m Wb = 0 /\
  Tb^T *m Tb = 1%:M /\
  Vs r *m Tb = 0.

(* eq-1 and eq-3 of the paper, without fractions: D is the inverse of C, Xp the pseudoinverse of X *)
Definition eq1 d0 d1 d2 m n (X : 'M[R]_(d0, m)) (Y : 'M[R]_(d2, m)) (Xp : 'M[R]_(m, d0)) (U : 'M[R]_(d2, n))
    (V : 'M[R]_(n, d1)) (C D : 'M[R]_(d1, d1)) (L1 A1 : 'M[R]_(d1, d0)) : Prop :=
  D *m V^T *m V *m C *m L1 *m X *m Xp + A1 = D *m V^T *m U^T *m Y *m Xp + L1.
Definition eq3 d0 d1 d2 m n (X : 'M[R]_(d0, m)) (Y : 'M[R]_(d2, m)) (U : 'M[R]_(d2, n)) (V : 'M[R]_(n, d1))
    (C : 'M[R]_(d1, d1)) (L1 : 'M[R]_(d1, d0)) : Prop :=
  U *m V *m V^T *m U^T *m Y *m X^T *m L1^T *m C^T *m V^T *m V + Y *m X^T *m L1^T *m C^T =
  U *m V *m V^T *m U^T *m Y *m X^T *m L1^T *m C^T + Y *m X^T *m L1^T *m C^T *m V^T *m V.
End Notions.

Ltac spell_out :=
  cbv beta delta [penrose eq23 eq24 orthogonal spectrum positive_spectrum block_structure eq1 eq3].
