(* Chain: induction, recursion and choice along 0, 1, ..., N in one rule, and that it is sound.

   A state is a name with a kind; a vector of values for all states is an environment, of which only the values at these
   names count.  The values along the chain are chosen one after the other, by induction on N: no axiom of choice. *)
From Coq Require Import ZArith.
From mathcomp Require Import all_ssreflect all_algebra.
From SymbolicCP Require Import Terms Algebra Substitution Formulas Logic Theory.
Set Implicit Arguments. Unset Strict Implicit. Unset Printing Implicit Defensive.
Import Order.Theory GRing.Theory Num.Theory.
Local Open Scope ring_scope.

(* its name, the name of the next one, its kind, where it starts, and whether the conclusion says so *)
Record state := State { s_name : name; s_next : name; s_kind : kind; s_start : val; s_says : bool }.
Fixpoint uniq_names (s : seq name) := if s is x :: s then ~~ has (eqx x) s && uniq_names s else true.

Section Rule.
Variables (k : name) (bound : ntm) (states : seq state) (phi : formula) (psi : option formula).
Definition plus1 := nadd (nvar k GNil) (nconst 1).
Definition index_of t := GCons t GNil.
Definition at_start := (k, VN false (nconst 0)) :: map (fun s => (s_name s, s_start s)) states.
Definition after := (k, VN false plus1) :: map (fun s => (s_name s, rename (s_kind s) (s_next s) None)) states.
Definition here := map (fun s => (s_name s, rename (s_kind s) (s_name s) (Some (index_of (nvar k GNil))))) states.
Definition there := here ++ map (fun s => (s_next s, rename (s_kind s) (s_name s) (Some (index_of plus1)))) states.
(* several quantifiers, the first one outside *)
Fixpoint bind (mk : quantified -> name -> formula -> formula) (l : seq (kind * name)) fam f : option formula :=
  if l is (q, x) :: l then do g <- bind mk l fam f; if_ can_bind (q, fam) x g then_ mk (q, fam) x g else Some f.
Definition names := map (fun s => (s_kind s, s_name s)) states.
Definition nexts := map (fun s => (s_kind s, s_next s)) states.
Definition below_ f := Imp (Ge (snorm (ssub (snat bound) (snat plus1)))) f.
Definition upto f := Imp (Ge (snorm (ssub (snat bound) (snat (nvar k GNil))))) f.
Definition for_k f := if_ can_bind (KN, false) k f then_ all_ (KN, false) k f.
Definition goal := if psi is Some p then And (fsub after phi) p else fsub after phi.
Definition expected_step := do ex <- bind ex_ nexts false goal; do al <- bind all_ names false (Imp phi ex);
  for_k (below_ al).
Definition start_equation (s : state) : option formula := match s_start s with
  | VN _ t => Some (EqS (snorm (ssub (snat (nvar (s_name s) (index_of (nconst 0)))) (snat t))))
  | VS _ p => Some (EqS (snorm (ssub [:: (qone, [:: GS (s_name s) (index_of (nconst 0))])] p)))
  | VM _ r c p => Some (EqM r c (mnorm (madd (mlet (Letter (BV (s_name s) (index_of (nconst 0))) r c false)) (mopp p))))
  | _ => None end.
Fixpoint conjunction f (s : seq state) : option formula := if s is st :: s then
  do g <- conjunction f s; if s_says st then do e <- start_equation st; Some (And e g) else Some g else Some f.
Definition conclusion := do along <- for_k (upto (fsub here phi));
  do body <- (if psi is Some p then do links <- for_k (below_ (fsub there p)); Some (And along links) else Some along);
  do all <- conjunction body states; bind ex_ names true all.
Definition own := k :: map s_name states ++ map s_next states.
Definition fresh_start (s : state) := suits (s_kind s, false) (s_start s) &&
  all (fun t => ~~ vhas (s_name t) (s_start s)) states.
Definition fine := [&& uniq_names own, all (fun x => ~~ nhas x bound) own, all fresh_start states,
  all (fun s => ~~ fhas (s_next s) phi) states, ffits at_start phi, ffits after phi &
  ffits here phi && (if psi is Some p then ffits there p else true)].
Definition r_chain_sane (base step : sequent) : option sequent := do e <- expected_step; do c <- conclusion;
  if_ [&& fine, eqf base.2 (fsub at_start phi) & eqf step.2 e] then_ (union base.1 step.1, c).
End Rule.
(* the same on what a certificate gives, which is brought to normal form first *)
Definition sane_start v := match v with
  | VN false t => Some (VN false (nnorm t))
  | VS false p => do q <- sane_s p; Some (VS false q)
  | VM false r c p => do m <- sane_m (r, c, p); let: (r, c, p) := m in Some (VM false r c p)
  | _ => None end.
Fixpoint sane_states (s : seq state) : option (seq state) := if s is st :: s then
  do v <- sane_start (s_start st); do s <- sane_states s;
  Some (State (s_name st) (s_next st) (s_kind st) v (s_says st) :: s) else Some [::].
Definition r_chain base step k bound states phi (psi : option formula) : option sequent :=
  do s <- sane_states states; do f <- sane_formula phi;
  if psi is Some p then do p <- sane_formula p; r_chain_sane k (nnorm bound) s f (Some p) base step
  else r_chain_sane k (nnorm bound) s f None base step.

(* ---------------------------------------------------------------------------------------------------- soundness *)

Section Sound.
Variable R : rcfType.
Implicit Types rho sigma e : env R.

Definition listed (l : seq (kind * name)) q z := has (fun p => eqk q p.1 && eqx z p.2) l.
Definition pick_args (fam : bool) (a : seq nat) := if fam then a else [::].
(* rho with the values of e at the names of the list *)
Definition over l fam rho e : env R := {|
  en := fun z a => if listed l KN z then en e z (pick_args fam a) else en rho z a;
  es := fun z a => if listed l KS z then es e z (pick_args fam a) else es rho z a;
  em := fun z a => if listed l KM z then em e z (pick_args fam a) else em rho z a |}.
Definition taken e (q : quantified) x : value R q := match q with
  | (KN, true) => en e x | (KN, false) => en e x [::]
  | (KS, true) => es e x | (KS, false) => es e x [::]
  | (KM, true) => em e x | (KM, false) => em e x [::] end.
Lemma agree_over q x l fam rho e : forall z, agree (over l fam (set rho x (taken e (q, fam) x)) e) (over ((q, x) :: l) fam rho e) z.
Proof.
move=> z; case E: (eqx z x); last first.
  by rewrite /agree /over /set /listed /= E !andbF.
have {E} -> : z = x by apply/eqxP.
rewrite /agree /over /set /listed /= eqxx_ !andbT.
by case: q fam => [] [] /=; split=> [a|]; try split=> [a|a i j]; case: (has _ l).
Qed.
Lemma den_same f rho sigma : (forall z, agree rho sigma z) -> den f rho -> den f sigma.
Proof. by move=> h; apply: (proj1 (den_agree _)) => z _; exact: h. Qed.
Lemma bind_all l fam f g rho : bind all_ l fam f = Some g -> den g rho -> forall e, den f (over l fam rho e).
Proof.
elim: l g rho => [|[q x] l IH] g rho /=; first by case=> <- d e; exact: den_same d.
case E: (bind all_ l fam f) => [h|] //; case: ifP => // cb [<-] /(den_all rho cb) d e.
apply: den_same (IH _ _ E (d (taken e (q, fam) x)) e) => z; exact: agree_over.
Qed.
Lemma bind_ex l fam f g rho e : bind ex_ l fam f = Some g -> den f (over l fam rho e) -> den g rho.
Proof.
elim: l g rho => [|[q x] l IH] g rho /=; first by case=> <-; exact: den_same.
case E: (bind ex_ l fam f) => [h|] //; case: ifP => // cb [<-] d.
apply/(den_ex rho cb); exists (taken e (q, fam) x); apply: (IH _ _ E).
by apply: den_same d => z; apply: agree_sym; exact: agree_over.
Qed.
Lemma agree_over_self q x l rho e (v : value R (q, false)) :
  let s := over l false (set rho x v) e in forall z, agree s (over ((q, x) :: l) false rho s) z.
Proof.
move=> s z; rewrite /s {s}; case E: (eqx z x); last first.
  by rewrite /agree /over /set /listed /= E !andbF; split=> [a|]; try split=> [a|a i j]; case: (has _ l).
have {E} -> : z = x by apply/eqxP.
rewrite /agree /over /set /listed /= eqxx_ !andbT.
by case: q v => v /=; split=> [a|]; try split=> [a|a i j]; case: (has _ l).
Qed.
Lemma bind_ex_inv l f g rho : bind ex_ l false f = Some g -> den g rho -> exists e, den f (over l false rho e).
Proof.
elim: l g rho => [|[q x] l IH] g rho /=; first by case=> <- d; exists rho; exact: den_same d.
case E: (bind ex_ l false f) => [h|] //; case: ifP => // cb [<-] /(den_ex rho cb) [v d].
have [e d2] := IH _ _ E d; exists (over l false (set rho x v) e).
by apply: den_same d2 => z; exact: agree_over_self.
Qed.

(* ----------------------------------------------------------------------- environments, one kind of value at a time *)

Definition comp q rho z : seq nat -> member R q := match q with KN => en rho z | KS => es rho z | KM => em rho z end.
Lemma agree_comp rho sigma z : (forall q a, comp q rho z a = comp q sigma z a) -> agree rho sigma z.
Proof.
move=> h; split=> [a|]; [exact: (h KN)|split=> [a|a i j]; [exact: (h KS)|by rewrite -[em rho z a]/(comp KM rho z a) (h KM)]].
Qed.
Lemma comp_over q l fam rho e z a :
  comp q (over l fam rho e) z a = if listed l q z then comp q e z (pick_args fam a) else comp q rho z a.
Proof. by case: q. Qed.
Lemma comp_none q s rho z a : find s z = None -> comp q (change rho s) z a = comp q rho z a.
Proof. by move=> h; case: q; rewrite /= h. Qed.
Lemma comp_rename q s rho z a p y o : find s z = Some (rename p y o) ->
  comp q (change rho s) z a = if eqk q p then comp q rho y (at_ rho a o) else comp q rho z a.
Proof. by move=> h; case: q; case: p h => h; rewrite /= h. Qed.
Lemma comp_plain q s rho z a p v : find s z = Some v -> suits (p, false) v ->
  comp q (change rho s) z a = if eqk q p then comp q (change rho s) z [::] else comp q rho z a.
Proof. by move=> h; case: p; case: v h => [[] t|[] t|[] r c t|? ?|? ?|? ?] h //= _; case: q => /=; rewrite ?h. Qed.
Lemma eqxC x y : eqx x y = eqx y x.
Proof. by case: (eqxP x y) => [->|n]; [rewrite eqxx_|case: (eqxP y x) => // e; case: n]. Qed.
Lemma comp_set q rho k (j : nat) z a : eqx z k = false -> comp q (@set R rho k (KN, false) j) z a = comp q rho z a.
Proof. by move=> h; case: q; rewrite /= h. Qed.
Lemma comp_set_k q rho k (j : nat) a : comp q (@set R rho k (KN, false) j) k a =
  match q return member R q with KN => j | KS => comp KS rho k a | KM => comp KM rho k a end.
Proof. by case: q; rewrite /= eqxx_. Qed.

(* ------------------------------------------------------------------------------------------------ finding a state *)

Fixpoint pick (nm : state -> name) (s : seq state) z : option state :=
  if s is t :: s then (if eqx (nm t) z then Some t else pick nm s z) else None.
Lemma pick_none nm s z : ~~ has (eqx z) (map nm s) -> pick nm s z = None.
Proof. by elim: s => //= t s IH; rewrite negb_or eqxC => /andP[/negbTE -> /IH]. Qed.
Lemma pick_has nm s z t : pick nm s z = Some t -> has (eqx z) (map nm s) /\ nm t = z.
Proof.
elim: s => //= u s IH; case: (eqxP (nm u) z) => [e [<-]|_ /IH [h1 h2]]; last by rewrite h1 orbT.
by rewrite -e eqxx_.
Qed.
Lemma pick_all (P : pred state) nm s z t : pick nm s z = Some t -> all P s -> P t.
Proof. by elim: s => //= u s IH; case: ifP => [_ [->] /andP[]|_ /IH h /andP[_ /h]]. Qed.
Lemma find_map nm (g : state -> val) s z : find (map (fun t => (nm t, g t)) s) z = omap g (pick nm s z).
Proof. by elim: s => //= t s ->; case: ifP. Qed.
Lemma find_cat s t z : find (s ++ t) z = if find s z is Some v then Some v else find t z.
Proof. by elim: s => //= [[y v] s] ->; case: ifP. Qed.
Lemma pick_other nm nm' s z t : uniq_names (map nm' s) -> pick nm s z = Some t -> pick nm' s (nm' t) = Some t.
Proof.
elim: s => //= u s IH /andP[n us]; case: ifP => [_ [<-]|_ h]; first by rewrite eqxx_.
rewrite (IH us h); case: ifP => // e; case/negP: n; move/eqxP: e => ->.
by have [] := pick_has (IH us h).
Qed.
Lemma pick_listed nm s q z : uniq_names (map nm s) ->
  listed (map (fun t => (s_kind t, nm t)) s) q z = if pick nm s z is Some t then eqk q (s_kind t) else false.
Proof.
elim: s => //= t s IH /andP[n us]; rewrite /listed /= -/(listed _ q z) IH // [eqx z _]eqxC.
case: ifP => [e|_]; last by rewrite andbF.
rewrite andbT (pick_none (nm := nm)) ?orbF //; by move/eqxP: e => <-.
Qed.
Lemma uniq_cat_names s t : uniq_names (s ++ t) ->
  uniq_names s /\ uniq_names t /\ forall z, has (eqx z) s -> ~~ has (eqx z) t.
Proof.
elim: s => //= x s IH /andP[n /IH [us [ut d]]]; move: n; rewrite has_cat negb_or => /andP[ns nt].
rewrite ns us; split=> //; split=> // z; case/orP; last exact: d.
by move/eqxP => ->.
Qed.

Lemma aden_index rho t : aden rho (index_of t) = [:: nden rho t]. Proof. by []. Qed.
(* a chain of choices *)
Lemma choose (V : nat -> env R -> Prop) (L : nat -> env R -> env R -> Prop) n e0 : V 0%N e0 ->
  (forall j e, (j < n)%N -> V j e -> exists e1, V j.+1 e1 /\ L j e e1) ->
  exists f : nat -> env R, f 0%N = e0 /\ (forall j, (j <= n)%N -> V j (f j)) /\
    forall j, (j < n)%N -> L j (f j) (f j.+1).
Proof.
move=> v0; elim: n => [|n IH] h.
  by exists (fun _ => e0); split=> //; split=> // j; rewrite leqn0 => /eqP ->.
have [j e lt|f [f0 [fv fl]]] := IH; first by apply: h; exact: ltnW.
have [e1 [v1 l1]] := h n (f n) (ltnSn n) (fv n (leqnn n)).
exists (fun j => if (j <= n)%N then f j else e1); split=> //; split=> j.
  case: (leqP j n) => [le _|gt le]; first exact: fv.
  by have -> : j = n.+1 by apply/eqP; rewrite eqn_leq le gt.
rewrite ltnS => le; rewrite le; case: (ltnP j n) => [lt|ge]; first exact: fl.
by have -> : j = n by apply/eqP; rewrite eqn_leq le ge.
Qed.

Section Chain.
Variables (k : name) (bound : ntm) (states : seq state) (phi : formula) (psi : option formula).
Hypothesis F : fine k bound states phi psi.
Variable rho : env R.
Local Notation pickN := (pick s_name states).
Local Notation pickX := (pick s_next states).
Local Notation names := (names states).
Local Notation nexts := (nexts states).
Lemma F_uniq : uniq_names (own k states). Proof. by case/and4P: F. Qed.
Lemma F_parts : uniq_names (map s_name states) /\ uniq_names (map s_next states) /\
  pickN k = None /\ pickX k = None /\ (forall z s, pickN z = Some s -> pickX z = None).
Proof.
have /= /andP[nk u] := F_uniq; have [u1 [u2 d]] := uniq_cat_names u.
move: nk; rewrite has_cat negb_or => /andP[n1 n2]; split=> //; split=> //; split; first exact: pick_none.
split; first exact: pick_none.
by move=> z s /pick_has [/d h _]; exact: pick_none.
Qed.
Let uN := proj1 F_parts.
Let uX := proj1 (proj2 F_parts).
Let Nk : pickN k = None := proj1 (proj2 (proj2 F_parts)).
Let Xk : pickX k = None := proj1 (proj2 (proj2 (proj2 F_parts))).
Let NX : forall z s, pickN z = Some s -> pickX z = None := proj2 (proj2 (proj2 (proj2 F_parts))).
Lemma N_off z s : pickN z = Some s -> eqx z k = false.
Proof. by move=> h; case: eqxP => // e; move: h; rewrite e Nk. Qed.
Lemma X_off z s : pickX z = Some s -> eqx z k = false.
Proof. by move=> h; case: eqxP => // e; move: h; rewrite e Xk. Qed.
Lemma in_names q z : listed names q z = if pickN z is Some t then eqk q (s_kind t) else false.
Proof. exact: pick_listed. Qed.
Lemma in_nexts q z : listed nexts q z = if pickX z is Some t then eqk q (s_kind t) else false.
Proof. exact: pick_listed. Qed.
Definition cur (j : nat) e := over names false (@set R rho k (KN, false) j) e.
Definition nx z := if pickN z is Some s then s_next s else z.
Definition shift e : env R := Env (fun z => en e (nx z)) (fun z => es e (nx z)) (fun z => em e (nx z)).
Lemma comp_shift q e z a : comp q (shift e) z a = comp q e (nx z) a. Proof. by case: q. Qed.
Lemma comp_cur q j e z a : comp q (cur j e) z a = if pickN z is Some s then
    (if eqk q (s_kind s) then comp q e z [::] else comp q rho z a)
  else comp q (@set R rho k (KN, false) j) z a.
Proof.
rewrite comp_over in_names; case E: (pickN z) => [s|] //; case: ifP => // _.
by rewrite comp_set // (N_off E).
Qed.
Lemma find_after z : find (after k states) z = if eqx k z then Some (VN false (plus1 k))
  else omap (fun s => rename (s_kind s) (s_next s) None) (pickN z).
Proof. by rewrite /after /= find_map. Qed.
Lemma comp_k_change q s sigma t a : find s k = Some (VN false t) -> comp q (change sigma s) k a =
  match q return member R q with KN => nden sigma t | KS => comp KS sigma k a | KM => comp KM sigma k a end.
Proof. by move=> h; case: q; rewrite /= h. Qed.
Lemma plus1_value sigma j : en sigma k [::] = j -> nden sigma (plus1 k) = j.+1.
Proof. by move=> h; rewrite nadd_ok nvar_ok [aden _ _]/= h [nden _ _]/= addn1. Qed.

Lemma agree_after j e e' z : fhas z phi ->
  agree (change (over nexts false (cur j e) e') (after k states)) (cur j.+1 (shift e')) z.
Proof.
move=> hz; set sigma := over _ _ _ _; apply: agree_comp => q a.
case: (eqxP z k) => [->|nk].
  rewrite (@comp_k_change q _ sigma (plus1 k)); last by rewrite find_after eqxx_.
  have sk p b : comp p sigma k b = comp p (@set R rho k (KN, false) j) k b.
    by rewrite comp_over in_nexts Xk comp_cur Nk.
  rewrite comp_cur Nk comp_set_k; case: q; rewrite ?sk ?comp_set_k //.
  by apply: plus1_value; rewrite -[en _ _ _]/(comp KN sigma k [::]) sk comp_set_k.
have kz : eqx k z = false by case: eqxP => // e0; case: nk.
have zk : eqx z k = false by rewrite eqxC.
rewrite comp_cur; case E: (pickN z) => [s|].
  rewrite (@comp_rename q _ sigma z a (s_kind s) (s_next s) None); last by rewrite find_after kz E.
  case: ifP => hq; last by rewrite comp_over in_nexts (NX E) comp_cur E hq.
  by rewrite comp_over in_nexts (pick_other uX E) hq comp_shift /nx E.
rewrite comp_none; last by rewrite find_after kz E.
rewrite comp_over in_nexts; case X: (pickX z) => [s|]; last by rewrite comp_cur E !comp_set.
case/and4P: F => _ _ _ /andP[np _]; have := pick_all X np; have [_ ->] := pick_has X.
by rewrite hz.
Qed.

Section Families.
Variable f : nat -> env R.
Definition along : env R := Env (fun z a => en (f (head 0%N a)) z [::])
  (fun z a => es (f (head 0%N a)) z [::]) (fun z a => em (f (head 0%N a)) z [::]).
Lemma comp_along q z a : comp q along z a = comp q (f (head 0%N a)) z [::]. Proof. by case: q. Qed.
Definition sigmaF := over names true rho along.
Lemma comp_F q z a : comp q sigmaF z a = if pickN z is Some s then
    (if eqk q (s_kind s) then comp q (f (head 0%N a)) z [::] else comp q rho z a) else comp q rho z a.
Proof. by rewrite comp_over in_names; case: (pickN z) => // s; case: ifP => // _; rewrite comp_along. Qed.
Local Notation setk j := (@set R sigmaF k (KN, false) j).
Lemma at_k j : en (setk j) k [::] = j. Proof. by rewrite /= eqxx_. Qed.
Lemma find_here z : find (here k states) z =
  omap (fun s => rename (s_kind s) (s_name s) (Some (index_of (nvar k GNil)))) (pickN z).
Proof. exact: find_map. Qed.
Lemma comp_here q j z a t : nden (setk j) t = j -> forall s, pickN z = Some s -> eqk q (s_kind s) ->
  comp q (setk j) (s_name s) (at_ (setk j) a (Some (index_of t))) = comp q (f j) z [::].
Proof.
move=> h s E hq; have [_ e] := pick_has E; rewrite e /at_ aden_index h.
by rewrite comp_set ?(N_off E) // comp_F E hq.
Qed.
Lemma agree_here j z : agree (change (setk j) (here k states)) (cur j (f j)) z.
Proof.
apply: agree_comp => q a; rewrite comp_cur; case E: (pickN z) => [s|].
  rewrite (@comp_rename q _ _ z a (s_kind s) (s_name s) (Some (index_of (nvar k GNil)))); last by rewrite find_here E.
  case: ifP => hq; first by apply: comp_here E hq; rewrite nvar_ok at_k.
  by rewrite comp_set ?(N_off E) // comp_F E hq.
rewrite comp_none; last by rewrite find_here E.
case: (eqxP z k) => [->|n]; first by rewrite !comp_set_k; case: q => //; rewrite comp_F Nk.
by rewrite !comp_set ?comp_F ?E //; case: eqxP.
Qed.
Lemma agree_there j e' z : f j.+1 = shift e' ->
  agree (change (setk j) (there k states)) (over nexts false (cur j (f j)) e') z.
Proof.
move=> fj; apply: agree_comp => q a; rewrite comp_over in_nexts comp_cur.
have fz : find (there k states) z = if pickN z is Some s
    then Some (rename (s_kind s) (s_name s) (Some (index_of (nvar k GNil))))
    else omap (fun s => rename (s_kind s) (s_name s) (Some (index_of (plus1 k)))) (pickX z).
  by rewrite /there find_cat find_here find_map; case: (pickN z).
case E: (pickN z) fz => [s|] fz.
  rewrite (NX E) (comp_rename _ _ _ fz); case: ifP => hq; first by apply: comp_here E hq; rewrite nvar_ok at_k.
  by rewrite comp_set ?(N_off E) // comp_F E hq.
case X: (pickX z) fz => [s|] fz.
  rewrite (comp_rename _ _ _ fz); have zk := X_off X.
  case: ifP => hq; last by rewrite !comp_set // comp_F E.
  have Ns := pick_other uN X; have [_ ez] := pick_has X.
  have p1 : nden (setk j) (plus1 k) = j.+1 by apply: plus1_value; exact: at_k.
  rewrite /at_ aden_index p1 comp_set ?(N_off Ns) // comp_F Ns hq [head _ _]/= fj comp_shift /nx Ns ez.
  by [].
rewrite (comp_none _ _ _ fz).
case: (eqxP z k) => [->|n]; first by rewrite !comp_set_k; case: q => //; rewrite comp_F Nk.
by rewrite !comp_set ?comp_F ?E //; case: eqxP.
Qed.
Lemma bound_value j : nden (setk j) bound = nden rho bound.
Proof.
apply: nden_agree => z hz; case/and4P: F => _ nb _ _; move: nb; rewrite /own /= all_cat => /and3P[nk nn _].
apply: agree_comp => q a; rewrite comp_set; last by case: eqxP => // e; move: nk; rewrite -e hz.
rewrite comp_F; case E: (pickN z) => [s|] //.
have : all (fun s => ~~ nhas (s_name s) bound) states by rewrite all_map in nn.
by move/(pick_all E); have [_ ->] := pick_has E; rewrite hz.
Qed.
Lemma start_agree (P : name -> bool) : all (fun t => ~~ P (s_name t)) states ->
  forall z, P z -> agree sigmaF rho z.
Proof.
move=> h z hz; apply: agree_comp => q a; rewrite comp_F; case E: (pickN z) => [s|] //.
by have := pick_all E h; have [_ ->] := pick_has E; rewrite hz.
Qed.
Lemma start_value q s : pickN (s_name s) = Some s -> eqk q (s_kind s) -> f 0%N = change rho (at_start k states) ->
  comp q sigmaF (s_name s) [:: 0%N] = comp q (change rho (at_start k states)) (s_name s) [::].
Proof. by move=> E hq f0; rewrite comp_F E hq [head _ _]/= f0. Qed.
Lemma find_start z : find (at_start k states) z = if eqx k z then Some (VN false (nconst 0))
  else omap s_start (pickN z).
Proof. by rewrite /at_start /= find_map. Qed.
Lemma start_ok s (g : formula) : pickN (s_name s) = Some s -> f 0%N = change rho (at_start k states) ->
  start_equation s = Some g -> den g sigmaF.
Proof.
move=> E f0; case/and4P: F => _ _ fr _; have /andP[su nv] := pick_all E fr.
have fz : find (at_start k states) (s_name s) = Some (s_start s) by rewrite find_start eqxC (N_off E) E.
have val q hq := @start_value q s E hq f0; rewrite /start_equation.
have ai : aden sigmaF (index_of (nconst 0)) = [:: 0%N] by [].
case: (s_kind s) (s_start s) su nv val fz => [] [[] t|[] t|[] r c t|? ?|? ?|? ?] //= _ nv val fz [<-].
- have v : en sigmaF (s_name s) [:: 0%N] = nden rho t.
    by rewrite -[LHS]/(comp KN sigmaF (s_name s) [:: 0%N]) val //= fz.
  change (spden sigmaF (snorm (ssub (snat (nvar (s_name s) (index_of (nconst 0)))) (snat t))) = 0).
  rewrite snorm_ok ssub_ok !snat_ok nvar_ok ai v.
  by rewrite (@nden_agree _ sigmaF rho) ?subrr //; exact: start_agree nv.
- have v : es sigmaF (s_name s) [:: 0%N] = spden rho t.
    by rewrite -[LHS]/(comp KS sigmaF (s_name s) [:: 0%N]) val //= fz.
  change (spden sigmaF (snorm (ssub [:: (qone, [:: GS (s_name s) (index_of (nconst 0))])] t)) = 0).
  have ge : gsden sigmaF [:: GS (s_name s) (index_of (nconst 0))] = es sigmaF (s_name s) [:: 0%N] * 1 by [].
  rewrite snorm_ok ssub_ok spden_cons ge v [(_, _).1]/= qr1 mul1r mulr1 addr0.
  by rewrite (@spden_agree _ sigmaF rho) ?subrr //; exact: start_agree nv.
- have off (P : name -> bool) : (forall z, P z -> [|| nhas z r, nhas z c | mhas z t]) -> forall z, P z -> agree sigmaF rho z.
    by move=> h z /h; exact: (start_agree (P := fun z => [|| nhas z r, nhas z c | mhas z t])) nv z.
  have er : nden sigmaF r = nden rho r by apply: nden_agree; apply: off => z ->.
  have ec : nden sigmaF c = nden rho c by apply: nden_agree; apply: off => z ->; rewrite orbT.
  have ep m n : mpden sigmaF t m n = mpden rho t m n.
    by apply: mpden_agree; apply: off => z ->; rewrite !orbT.
  have v : em sigmaF (s_name s) [:: 0%N] = arr (mpden rho t (nden rho r) (nden rho c)).
    by rewrite -[LHS]/(comp KM sigmaF (s_name s) [:: 0%N]) val //= fz.
  pose l := Letter (BV (s_name s) (index_of (nconst 0))) r c false.
  change (mpden sigmaF (mnorm (madd (mlet l) (mopp t))) (nden sigmaF r) (nden sigmaF c) = 0).
  have ml : mpden sigmaF (mlet l) (nden sigmaF r) (nden sigmaF c) = cut _ _ (em sigmaF (s_name s) [:: 0%N]).
    exact: (mlet_ok sigmaF l (nden sigmaF r)).
  by rewrite mnorm_ok madd_ok mopp_ok ml v ep er ec cut_arr subrr.
Qed.
End Families.

(* the inequalities that guard the steps *)
Lemma below_ok g sigma j : en sigma k [::] = j -> den (below_ k bound g) sigma ->
  (j < nden sigma bound)%N -> den g sigma.
Proof.
move=> h d lt; apply: d; change (0 <= spden sigma (snorm (ssub (snat bound) (snat (plus1 k))))).
by rewrite snorm_ok ssub_ok !snat_ok (plus1_value h) subr_ge0 ler_nat.
Qed.
Lemma below_intro g sigma j : en sigma k [::] = j -> ((j < nden sigma bound)%N -> den g sigma) ->
  den (below_ k bound g) sigma.
Proof.
move=> h d; change (0 <= spden sigma (snorm (ssub (snat bound) (snat (plus1 k)))) -> den g sigma).
by rewrite snorm_ok ssub_ok !snat_ok (plus1_value h) subr_ge0 ler_nat.
Qed.
Lemma upto_intro g sigma j : en sigma k [::] = j -> ((j <= nden sigma bound)%N -> den g sigma) ->
  den (upto k bound g) sigma.
Proof.
move=> h d; change (0 <= spden sigma (snorm (ssub (snat bound) (snat (nvar k GNil)))) -> den g sigma).
by rewrite snorm_ok ssub_ok !snat_ok nvar_ok [aden _ _]/= h subr_ge0 ler_nat.
Qed.
Definition linked j e e1 : Prop := if psi is Some p then
  exists e', e1 = shift e' /\ den p (over nexts false (cur j e) e') else True.
Lemma step_ok g : expected_step k bound states phi psi = Some g -> den g rho ->
  forall j e, (j < nden rho bound)%N -> den phi (cur j e) -> exists e1, den phi (cur j.+1 e1) /\ linked j e e1.
Proof.
rewrite /expected_step; case E1: (bind ex_ _ _ _) => [ex|] //; case E2: (bind all_ _ _ _) => [al|] //.
rewrite /for_k; case: ifP => // cb [<-] /(den_all rho cb) d j e lt ph.
have kj : en (@set R rho k (KN, false) j) k [::] = j by rewrite /= eqxx_.
have bj : nden (@set R rho k (KN, false) j) bound = nden rho bound.
  apply: nden_agree => z hz; case/and4P: F => _ nb _ _; move: nb; rewrite /own /= => /andP[nk _].
  by apply: agree_set_off => ez; move: nk; rewrite -ez hz.
have {}d := below_ok kj (d j) (_ : (j < nden _ bound)%N); rewrite bj in d.
have /= {}d := bind_all E2 (d lt) e; have [e' de] := bind_ex_inv E1 (d ph).
have ff : ffits (after k states) phi by case/and4P: F => _ _ _ /and4P[].
exists (shift e'); split.
  have : den (fsub (after k states) phi) (over nexts false (cur j e) e').
    by move: de; rewrite /goal; case: psi => // p [].
  move/(den_sub _ ff); apply: (proj1 (den_agree _)) => z hz; exact: agree_after hz.
by move: de; rewrite /linked /goal; case: psi => // p [_ dp]; exists e'.
Qed.
Lemma conjunction_ok g (s : seq state) h sigma :
  (forall t (a : formula), List.In t s -> start_equation t = Some a -> den a sigma) ->
  den g sigma -> conjunction g s = Some h -> den h sigma.
Proof.
move=> + dg; elim: s h => [|t s IH] h /= hs; first by case=> <-.
case E: (conjunction g s) => [c|] //; have dc : den c sigma by apply: (IH c) => // u a i; apply: hs; right.
case: (s_says t); last by case=> <-.
by case E2: (start_equation t) => [a|] // [<-]; split=> //; apply: (hs t a) E2; left.
Qed.
Lemma pick_in s : List.In s states -> pickN (s_name s) = Some s.
Proof.
move: uN; elim: states => //= t l IH /andP[n u] [->|i]; first by rewrite eqxx_.
rewrite (IH u i); case: ifP => // e; case/negP: n; move/eqxP: e => ->.
by have [] := pick_has (IH u i).
Qed.
Theorem chain_den g h : expected_step k bound states phi psi = Some g -> conclusion k bound states phi psi = Some h ->
  den (fsub (at_start k states) phi) rho -> den g rho -> den h rho.
Proof.
move=> Eg Eh base dg; have [_ _ fr /and4P[np fs fa /andP[fh ft]]] := and4P F.
pose e0 := change rho (at_start k states).
have v0 : den phi (cur 0 e0).
  have := proj1 (den_sub rho fs) base; apply: (proj1 (den_agree _)) => z _; apply: agree_comp => q a.
  rewrite comp_cur; case E: (pickN z) => [s|].
    have fz : find (at_start k states) z = Some (s_start s) by rewrite find_start eqxC (N_off E) E.
    by have /andP[su _] := pick_all E fr; exact: comp_plain fz su.
  case: (eqxP z k) => [->|n].
    rewrite (@comp_k_change q _ rho (nconst 0)) ?comp_set_k //; by rewrite find_start eqxx_.
  have zk : eqx z k = false by case: eqxP.
  by rewrite comp_set // comp_none // find_start eqxC zk E.
have [f [f0 [fv fl]]] := choose v0 (step_ok Eg dg).
move: Eh; rewrite /conclusion /for_k; case: ifP => // cb1.
set al := all_ _ _ (upto _ _ _); case Eb: (match psi with Some _ => _ | None => _ end) => [body|] //.
case Ec: (conjunction _ _) => [c|] // Eh; apply: (bind_ex (e := along f) Eh); rewrite -/(sigmaF f).
apply: (conjunction_ok _ _ Ec) => [t a i|].
  by apply: (@start_ok f t a) => //; exact: pick_in.
have dal : den al (sigmaF f).
  apply/(den_all _ cb1) => j; apply: (@upto_intro _ _ j) => [|le]; first exact: at_k.
  rewrite (bound_value f j) in le; apply/(den_sub _ fh).
  by apply: (proj2 (den_agree _)) (fv j le) => z _; exact: agree_here.
move: Eb fl ft; rewrite /linked; case: psi => [p|]; last by case=> <-.
case: ifP => // cb2 [<-] fl ft; split=> //; apply/(den_all _ cb2) => j.
apply: (@below_intro _ _ j) => [|lt]; first exact: at_k.
rewrite (bound_value f j) in lt; apply/(den_sub _ ft); have [e' [fj dp]] := fl j lt.
by apply: (proj2 (den_agree _)) dp => z _; exact: agree_there.
Qed.
End Chain.

Theorem chain_ok table base step k bound states phi psi : valid table R base -> valid table R step ->
  ok table R (r_chain base step k bound states phi psi).
Proof.
have sane s f p : valid table R base -> valid table R step ->
    ok table R (r_chain_sane k (nnorm bound) s f p base step).
  move=> vb vs q; rewrite /r_chain_sane; case Eg: (expected_step _ _ _ _ _) => [g|] //.
  case Eh: (conclusion _ _ _ _ _) => [h|] //; case: ifP => // /and3P[F /eqfP e1 /eqfP e2] [<-] rho.
  move=> /holds_union [hb hs]; apply: (chain_den F Eg Eh); first by rewrite -e1; exact: vb.
  by rewrite -e2; exact: vs.
move=> vb vs q; rewrite /r_chain; case: (sane_states states) => // s; case: (sane_formula phi) => // f.
by case: psi => [p|]; [case: (sane_formula p) => // r; exact: sane|exact: sane].
Qed.
End Sound.
