// Package drive learns how a volume loads a resource: transactions an hour and the
// processor's share, orders and connections, requests and latency. The relation is
// a non-decreasing line with at most one bend, where the resource saturates or
// begins to queue, fitted robustly to the pairs of the recent past:
//
//	resource = a + b·volume + c·max(0, volume − k) + e,  b ≥ 0, b + c ≥ 0
//
// with k found by profile search (Hudson 1966, "Fitting segmented curves whose join
// points have to be estimated"), the residual's spread learned by volume, and the
// uncertainty of all four by a bootstrap over blocks of pairs (Künsch 1989). It
// carries a volume's forecast paths to the resource and turns a limit of the
// resource into one of the volume.
package drive
