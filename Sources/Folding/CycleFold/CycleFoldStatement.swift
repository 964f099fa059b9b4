package import Algebra

/// What one CycleFold instance claims: C'_j = C1_j + alpha C2_j in G for every chunk j.
package struct CycleFoldStatement: Sendable, Equatable {
  /// The public list: alpha, below 2^128; for every chunk C1.x, C1.y, C2.x, C2.y, C'.x, C'.y.
  package let publics: [BaseField]

  /// A claim; the lists must be of one length.
  package init(
    alpha: ScalarField, running: [AffinePoint<PrimaryCurve>], fresh: [AffinePoint<PrimaryCurve>],
    folded: [AffinePoint<PrimaryCurve>]
  ) {
    precondition(running.count == fresh.count && fresh.count == folded.count, "three points per chunk")
    publics =
      [BaseField(reducing: alpha.canonicalLimbs)]
      + running.indices.flatMap { index in
        [running[index], fresh[index], folded[index]].flatMap { [$0.x, $0.y] }
      }
  }

  /// The claim with this public list.
  package init(publics: [BaseField]) {
    precondition(publics.count % 6 == 1, "alpha and three points per chunk")
    self.publics = publics
  }

  /// The number of chunks.
  package var chunkCount: Int { publics.count / 6 }

  /// The trace of `CycleFoldCircuit`; nil when the claim is false or one of its additions is degenerate.
  package var trace: [BaseField]? {
    let alpha = publics[0].canonicalLimbs
    let ladder = ladder
    guard alpha.2 == 0, alpha.3 == 0, ladder.isComplete, ladder.folded == points(2) else { return nil }
    let bits = bits
    let products = (0..<ShortScalar.windowCount).map(ShortScalar.places).map { bits[$0.high] && bits[$0.low] }
    return (bits + products).map { $0 ? .one : .zero } + ladder.variables.flatMap { $0 }
  }

  /// The native run of the chunks, whether the claim is true or not; a range of them on each processor.
  var ladder: PointFoldTrace<PrimaryCurve> {
    let (bits, running, fresh) = (bits, points(0), points(1))
    let part = max(6, (chunkCount + Parallel.processorCount - 1) / Parallel.processorCount)
    return PointFoldTrace(
      joining: Parallel.mapChunks(count: chunkCount, minimumChunk: part) {
        PointFoldTrace(bits: bits, running: Array(running[$0]), fresh: Array(fresh[$0]))
      })
  }

  private var bits: [Bool] { ShortScalar.bits(of: publics[0].canonicalLimbs) }

  private func points(_ role: Int) -> [AffinePoint<PrimaryCurve>] {
    (0..<chunkCount).map {
      AffinePoint(uncheckedX: publics[1 + 6 * $0 + 2 * role], y: publics[2 + 6 * $0 + 2 * role])
    }
  }
}
