(* Substitution: putting terms for names, in normal form, and what it means: to change the environment. *)
From Coq Require Import ZArith.
From mathcomp Require Import all_ssreflect all_algebra.
From SymbolicCP Require Import Terms Algebra.
Set Implicit Arguments. Unset Strict Implicit. Unset Printing Implicit Defensive.
Import Order.Theory GRing.Theory Num.Theory.
Local Open Scope ring_scope.

(* ------------------------------------------------------------------------------------- natural numbers in normal form *)

Fixpoint nmerge (k : nats) : nats -> nats := fix go l := match k, l with
  | NNil, _ => l
  | _, NNil => k
  | NCons a x g k', NCons b y h l' => match cmp_name x y orelse cmp_nargs g h with
    | Lt => NCons a x g (nmerge k' l)
    | Gt => NCons b y h (go l')
    | Eq => NCons (a + b) x g (nmerge k' l') end end.
Fixpoint nscale k l := if l is NCons a x g l then NCons (k * a) x g (nscale k l) else NNil.
Definition nconst c := Nt c NNil.
Definition nadd s t := let: Nt a k := s in let: Nt b l := t in Nt (a + b) (nmerge k l).
Definition ntimes k t := let: Nt a l := t in if k is 0%N then nconst 0 else Nt (k * a) (nscale k l).
Definition nvar x g := Nt 0 (NCons 1 x g NNil).
Arguments nadd : simpl never.
Arguments ntimes : simpl never.
Arguments nvar : simpl never.

Section NatSound.
Variables (R : rcfType) (rho : env R).
Lemma ndenE c l : nden rho (Nt c l) = (c + sden rho l)%N. Proof. by []. Qed.
Lemma nmerge_ok k l : sden rho (nmerge k l) = (sden rho k + sden rho l)%N.
Proof.
elim: k l => [|a x g k IHk]; first by case.
elim=> [|b y h l IHl]; first by rewrite addn0.
rewrite [nmerge _ _]/=; case Ex: (cmp_name x y) => //; last first.
- by rewrite !sden_cons in IHl *; rewrite IHl addnCA.
- by rewrite !sden_cons IHk sden_cons addnA.
case Eg: (cmp_nargs g h).
- by rewrite !sden_cons IHk (cmp_nameP Ex) (cmp_nargsP Eg) mulnDl addnACA.
- by rewrite !sden_cons IHk sden_cons addnA.
- by rewrite !sden_cons in IHl *; rewrite IHl addnCA.
Qed.
Lemma nscale_ok k l : sden rho (nscale k l) = (k * sden rho l)%N.
Proof. by elim: l => [|a x g l IH]; rewrite ?muln0 // [nscale _ _]/= !sden_cons IH mulnDr mulnA. Qed.
Lemma nadd_ok s t : nden rho (nadd s t) = (nden rho s + nden rho t)%N.
Proof. by case: s t => [a k] [b l]; rewrite /nadd !ndenE nmerge_ok addnACA. Qed.
Lemma ntimes_ok k t : nden rho (ntimes k t) = (k * nden rho t)%N.
Proof. by case: t k => [a l] [|k] //; rewrite /ntimes !ndenE nscale_ok mulnDr. Qed.
Lemma nvar_ok x g : nden rho (nvar x g) = en rho x (aden rho g). Proof. by []. Qed.
End NatSound.

(* ---------------------------------------------------------------------------------- substitution, given by look-ups *)

Record lookup := Lookup {
  ln : name -> nargs -> option ntm;
  ls : name -> nargs -> option spoly;
  lm : name -> nargs -> ntm -> ntm -> option mpoly;
  (* the matrix that is put has the shape of the letter *)
  fits : name -> nargs -> ntm -> ntm -> bool }.

Section Sub.
Variable k : lookup.
Fixpoint nsub t := let: Nt c l := t in nadd (nconst c) (nssub l)
with nssub l := match l with
  | NNil => nconst 0
  | NCons c x g l =>
    let g := gsub g in nadd (ntimes c (if ln k x g is Some t then t else nvar x g)) (nssub l) end
with gsub g := match g with GNil => GNil | GCons t g => GCons (nsub t) (gsub g) end.
Definition lsub l : mpoly :=
  let r := nsub (lr l) in let c := nsub (lc l) in
  match lbase l with
  | BL e => mlet (Letter (BL e) r c (ltr l))
  | BV x g => let g := gsub g in match lm k x g r c with
    | Some p => if ltr l then mtr p else p
    | None => mlet (Letter (BV x g) r c (ltr l)) end end.
Definition lfits l := if lbase l is BV x g then fits k x (gsub g) (nsub (lr l)) (nsub (lc l)) else true.
Fixpoint wsub (w : word) : mpoly := match w with
  | [::] => mone | [:: l] => lsub l | l :: w => mmul (lsub l) (wsub w) end.
Definition gensub g : spoly := match g with
  | GS x g => let g := gsub g in if ls k x g is Some p then p else [:: (qone, [:: GS x g])]
  | GN x g => let g := gsub g in snat (if ln k x g is Some t then t else nvar x g)
  | GT w => strace (nsub (side w)) (wsub w) end.
Definition genfits g := if g is GT w then closed_word w && all lfits w else true.
Definition gensubs (g : gens) : spoly := foldr (fun a p => smul (gensub a) p) (sconst qone) g.
Definition ssub_ (p : spoly) : spoly := snorm (flatten (map (fun t => smul (sconst t.1) (gensubs t.2)) p)).
Definition msub (p : mpoly) : mpoly :=
  mnorm (flatten (map (fun t => scale (smul (sconst t.1) (gensubs t.2.1)) (wsub t.2.2)) p)).
Definition sfits (p : spoly) := all (fun t => all genfits t.2) p.
Definition mfits r c (p : mpoly) := mty r c p && all (fun t => all genfits t.2.1 && all lfits t.2.2) p.

Variables (R : rcfType) (rho rho' : env R).
(* rho' is the environment in which a term means what its substitution means in rho *)
Record models : Prop := Models {
  mod_n : forall x g, en rho' x (aden rho g) = nden rho (if ln k x g is Some t then t else nvar x g);
  mod_s : forall x g, es rho' x (aden rho g) =
    if ls k x g is Some p then spden rho p else es rho x (aden rho g);
  mod_m : forall x g r c, fits k x g r c -> cut (nden rho r) (nden rho c) (em rho' x (aden rho g)) =
    if lm k x g r c is Some p then mpden rho p (nden rho r) (nden rho c)
    else cut (nden rho r) (nden rho c) (em rho x (aden rho g));
  mod_t : forall x g r c p, fits k x g r c -> lm k x g r c = Some p -> mty r c p }.
Hypothesis M : models.

Lemma nsub_all : (forall t, nden rho (nsub t) = nden rho' t) /\
  (forall l, nden rho (nssub l) = sden rho' l) /\ (forall g, aden rho (gsub g) = aden rho' g).
Proof.
apply: nat_terms_ind => [c l IH||c x g IHg l IHl||t IHt g IHg] //.
- by rewrite [nsub _]/= nadd_ok IH /nconst !ndenE addn0.
- by rewrite [nssub _]/= nadd_ok ntimes_ok IHl sden_cons -IHg -(mod_n M).
- exact: congr2 IHt IHg.
Qed.
Lemma nsub_ok t : nden rho (nsub t) = nden rho' t. Proof. by have [h _] := nsub_all; exact: h. Qed.
Lemma gsub_ok g : aden rho (gsub g) = aden rho' g. Proof. by have [_ [_ h]] := nsub_all; exact: h. Qed.
Lemma lval_sub l : lfits l ->
  lval rho' (lbase l) (nden rho' (lr l)) (nden rho' (lc l)) =
  match lbase l with
  | BV x g => if lm k x (gsub g) (nsub (lr l)) (nsub (lc l)) is Some p
    then mpden rho p (nden rho' (lr l)) (nden rho' (lc l))
    else lval rho (BV x (gsub g)) (nden rho' (lr l)) (nden rho' (lc l))
  | BL e => lval rho (BL e) (nden rho' (lr l)) (nden rho' (lc l)) end.
Proof.
by case: l => [[x g|e] r c t] //= h; rewrite -gsub_ok -!nsub_ok (mod_m M h).
Qed.
Lemma mty_lsub l : lfits l -> mty (nsub (row l)) (nsub (col l)) (lsub l).
Proof.
case: l => [[x g|e] r c t]; rewrite /lfits /lsub /row /col /= => h; last first.
  by case: t => /=; rewrite /= !eqn_refl_.
case E: (lm _ _ _ _ _) => [p|]; last by case: t => /=; rewrite /= !eqn_refl_.
have := mod_t M h E; case: t => //; exact: mty_tr.
Qed.
Lemma lsub_ok l : lfits l ->
  mpden rho (lsub l) (nden rho' (row l)) (nden rho' (col l)) = lden rho' l (nden rho' (row l)) (nden rho' (col l)).
Proof.
move=> h; have := lval_sub h; have ty := mod_t M.
case: l h => [[x g|e] r c t]; rewrite /lfits /lsub /row /col /lden /= => h e1.
  case E: (lm _ _ _ _ _) e1 => [p|] e1.
    have hp := ty _ _ _ _ _ h E.
    by case: t; rewrite e1 // -!nsub_ok (mtr_ok _ hp).
  have := mlet_ok rho (Letter (BV x (gsub g)) (nsub r) (nsub c) t).
  by rewrite /col /lden; case: t => /= h1; rewrite e1 -!nsub_ok h1.
have := mlet_ok rho (Letter (BL e) (nsub r) (nsub c) t).
by rewrite /col /lden; case: t => /= h1; rewrite -!nsub_ok h1.
Qed.
Lemma wsub_cons l w : w <> [::] -> wsub (l :: w) = mmul (lsub l) (wsub w). Proof. by case: w. Qed.
Lemma wsub_ty w r c : all lfits w -> wty w r c -> mty (nsub r) (nsub c) (wsub w).
Proof.
elim: w r => [|l w IH] r /=; first by move=> _ /eqn_P ->; exact: mty_one.
move=> /andP[hl hw] /andP[/eqn_P -> h]; have tl := mty_lsub hl.
case: w IH hw h => [_ _ /eqn_P <- //|l' w IH hw h].
by apply: mty_mul tl _; apply: IH hw h.
Qed.
Lemma wsub_ok w r c : all lfits w -> wty w r c ->
  mpden rho (wsub w) (nden rho' r) (nden rho' c) = wden rho' w (nden rho' r) (nden rho' c).
Proof.
elim: w r => [|l w IH] r; first by move=> _ /eqn_P ->; rewrite mone_ok /= onemx1.
move=> /= /andP[hl hw] /andP[/eqn_P -> h]; have tl := mty_lsub hl.
case: w IH hw h => [_ _ /eqn_P <-|l' w IH hw h]; first by rewrite lsub_ok //= onemx1 mulmx1.
by rewrite -(IH _ hw h) -lsub_ok // -!nsub_ok -(mmul_ok _ _ _ tl).
Qed.
Lemma gensub_ok g : genfits g -> spden rho (gensub g) = gden rho' g.
Proof.
case: g => [x g _|x g _|w /andP[t f]] /=.
- rewrite -gsub_ok (mod_s M); case: (ls _ _ _) => [p|] //.
  by rewrite spden_cons /= qr1 mul1r addr0 mulr1.
- by rewrite snat_ok -(mod_n M) gsub_ok.
- by rewrite (strace_ok _ (wsub_ty f t)) !nsub_ok (wsub_ok f t).
Qed.
Lemma gensubs_ok g : all genfits g -> spden rho (gensubs g) = gsden rho' g.
Proof.
elim: g => [|a g IH] /=; first by rewrite sconst_ok qr1.
by move=> /andP[ha /IH {}IH]; rewrite smul_ok gensub_ok // IH.
Qed.
Lemma ssub__ok p : sfits p -> spden rho (ssub_ p) = spden rho' p.
Proof.
rewrite snorm_ok; elim: p => [|t p IH] //= /andP[h /IH {}IH].
by rewrite spden_cat IH smul_ok sconst_ok gensubs_ok // spden_cons.
Qed.
Lemma msub_ok p r c : mfits r c p ->
  mpden rho (msub p) (nden rho' r) (nden rho' c) = mpden rho' p (nden rho' r) (nden rho' c).
Proof.
rewrite mnorm_ok; elim: p => [|t p IH] //= /andP[/andP[h1 h2] /andP[/andP[h3 h4] h5]].
rewrite mpden_cat IH; last by rewrite /mfits; apply/andP.
by rewrite scale_ok smul_ok sconst_ok gensubs_ok // wsub_ok // mpden_cons.
Qed.
Lemma mty_flatten r c (s : seq mpoly) : all (mty r c) s -> mty r c (flatten s).
Proof. by elim: s => //= p s IH /andP[hp /IH h]; rewrite mty_cat hp. Qed.
Lemma mty_scale r c q p : mty r c p -> mty r c (scale q p).
Proof.
move=> h; apply: mty_norm; apply: mty_flatten; rewrite all_map; elim: q => //= s q ->.
by rewrite andbT /mty all_map; apply: sub_all h => t.
Qed.
Lemma msub_ty p r c : mfits r c p -> mty (nsub r) (nsub c) (msub p).
Proof.
move=> /andP[h1 h2]; apply: mty_norm; apply: mty_flatten; elim: p h1 h2 => //= t p IH.
move=> /andP[t1 t2] /andP[/andP[f1 f2] f3]; rewrite IH // andbT.
by apply: mty_scale; apply: wsub_ty.
Qed.
End Sub.

(* ------------------------------------------------------------------------------------- the values that are put *)

(* a term (or family, with parameters Pm 1, Pm 2, ...), or another name of the kind, perhaps at fixed indices *)
Inductive val :=
 | VN of bool & ntm | VS of bool & spoly | VM of bool & ntm & ntm & mpoly
 | RN of name & option nargs | RS of name & option nargs | RM of name & option nargs.
Definition subst := seq (name * val).
Fixpoint find (s : subst) x := if s is (y, v) :: s then if eqx y x then Some v else find s x else None.

Fixpoint gnth (g : nargs) (i : nat) : ntm := match g, i with
  | GCons t _, 0 => t | GCons _ g, i.+1 => gnth g i | GNil, _ => nconst 0 end.
Definition pindex (p : positive) : nat := (Pos.to_nat p).-1.
(* putting indices for parameters *)
Definition params (g : nargs) : lookup := {|
  ln := fun x _ => if x is Pm p then Some (gnth g (pindex p)) else None;
  ls := fun _ _ => None; lm := fun _ _ _ _ => None; fits := fun _ _ _ _ => true |}.
Definition chosen (g : nargs) (o : option nargs) := if o is Some h then h else g.
Definition lookups (s : subst) : lookup := {|
  ln := fun x g => match find s x with
    | Some (VN fam t) => Some (if fam then nsub (params g) t else t)
    | Some (RN y o) => Some (nvar y (chosen g o)) | _ => None end;
  ls := fun x g => match find s x with
    | Some (VS fam p) => Some (if fam then ssub_ (params g) p else p)
    | Some (RS y o) => Some [:: (qone, [:: GS y (chosen g o)])] | _ => None end;
  lm := fun x g r c => match find s x with
    | Some (VM fam _ _ p) => Some (if fam then msub (params g) p else p)
    | Some (RM y o) => Some (mlet (Letter (BV y (chosen g o)) r c false)) | _ => None end;
  fits := fun x g r c => match find s x with
    | Some (VM true r' c' p) => [&& eqn_ (nsub (params g) r') r, eqn_ (nsub (params g) c') c & mfits (params g) r' c' p]
    | Some (VM false r' c' p) => [&& eqn_ r' r, eqn_ c' c & mty r c p]
    | Some (VS true p) => true | _ => true end |}.
(* scalar families have to be well formed too: checked once, beside the use *)
Definition sane_val v := if v is VS true p then sfits (params GNil) p else true.
Definition sane (s : subst) := all (fun e => sane_val e.2) s.

Section Values.
Variables (R : rcfType) (rho : env R).
Definition with_params (a : seq nat) : env R :=
  Env (fun x g => if x is Pm p then nth 0%N a (pindex p) else en rho x g) (es rho) (em rho).
Definition at_ (a : seq nat) (o : option nargs) := if o is Some g then aden rho g else a.
Definition change (s : subst) : env R := {|
  en := fun x a => match find s x with
    | Some (VN fam t) => nden (if fam then with_params a else rho) t
    | Some (RN y o) => en rho y (at_ a o) | _ => en rho x a end;
  es := fun x a => match find s x with
    | Some (VS fam p) => spden (if fam then with_params a else rho) p
    | Some (RS y o) => es rho y (at_ a o) | _ => es rho x a end;
  em := fun x a => match find s x with
    | Some (VM fam r c p) => let sigma := if fam then with_params a else rho in
      arr (mpden sigma p (nden sigma r) (nden sigma c))
    | Some (RM y o) => em rho y (at_ a o) | _ => em rho x a end |}.
Lemma nth_aden g i : nden rho (gnth g i) = nth 0%N (aden rho g) i.
Proof. by elim: g i => [|t g IH] [|i] //=. Qed.
Lemma params_ok g : models (params g) rho (with_params (aden rho g)).
Proof. by split=> // [[x|x|x] h] //=; rewrite nth_aden. Qed.
Lemma at_chosen g o : aden rho (chosen g o) = at_ (aden rho g) o. Proof. by case: o. Qed.
Lemma sfits_params g p : sfits (params GNil) p -> sfits (params g) p.
Proof.
have h (w : word) : all (lfits (params g)) w by elim: w => //= l w ->; rewrite /lfits; case: (lbase l).
by apply: sub_all => t; apply: sub_all => [] [//|//|w] /= /andP[-> _]; exact: h.
Qed.
Lemma change_ok s : sane s -> models (lookups s) rho (change s).
Proof.
move=> ss; have ssv x v : find s x = Some v -> sane_val v.
  elim: s ss => //= [[y u] s] IH /andP[h1 h2]; case: ifP => _; last exact: IH.
  by case=> <-.
split=> /= [x g|x g|x g r c|x g r c p].
- case: (find s x) => [[[] t|||y o||]|] //; last by rewrite nvar_ok at_chosen.
  by rewrite (nsub_ok (params_ok g)).
- case E: (find s x) => [[|[] p|||y o|]|] //; last by rewrite spden_cons /= qr1 mul1r mulr1 addr0 at_chosen.
  rewrite (ssub__ok (params_ok g)) //; apply: sfits_params; exact: (ssv _ _ E).
- case: (find s x) => [[||[] r' c' p|||y o]|] //.
  + move=> /and3P[/eqn_P <- /eqn_P <- h]; rewrite !(nsub_ok (params_ok g)) (msub_ok (params_ok g) h).
    exact: cut_arr.
  + by move=> /and3P[/eqn_P <- /eqn_P <- h]; exact: cut_arr.
  + by move=> _; rewrite (mlet_ok rho (Letter (BV y (chosen g o)) r c false)) /lden /= at_chosen.
- case: (find s x) => [[||[] r' c' q|||y o]|] //.
  + by move=> /and3P[/eqn_P <- /eqn_P <- h] [<-]; exact: (msub_ty (params_ok g)).
  + by move=> /and3P[/eqn_P <- /eqn_P <- h] [<-]; exact: h.
  + by move=> _ [<-]; rewrite /= !eqn_refl_.
Qed.
End Values.
