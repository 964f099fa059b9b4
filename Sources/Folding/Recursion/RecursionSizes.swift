package import Algebra
package import Arguments

/// The sizes every step circuit of one key shares.
package struct RecursionSizes: Hashable, Sendable {
  /// Where segments stand in Q.
  package let layout: BlockLayout
  /// How many chunks every segment has.
  package let order: ChunkOrder
  /// log2 of the number of rows (e).
  package let errorLog: Int
  /// The blinding base K: the commitment to an absent hidden state.
  package let absentState: AffinePoint<PrimaryCurve>
  /// The width in bits of a range-checked digit.
  package let digitBits: Int

  /// The smallest e of any key, however few its rows are.
  package static let leastErrorLog = 16

  /// Rows left free in every circuit, for what masks the decider's proof.
  package static let spareRows = 2

  /// e for circuits with this many rows at most.
  package static func errorLog(rows: Int) -> Int {
    max(leastErrorLog, Int.bitWidth - (rows + spareRows - 1).leadingZeroBitCount)
  }

  /// Sizes from parts.
  package init(
    layout: BlockLayout, traceChunks: Int, errorLog: Int, absentState: AffinePoint<PrimaryCurve>, digitBits: Int
  ) {
    self.digitBits = digitBits
    self.layout = layout
    self.order = ChunkOrder(layout: layout, traceChunks: traceChunks)
    self.errorLog = errorLog
    self.absentState = absentState
  }

  /// The verifier of folds of these sizes.
  package var foldVerifier: FoldVerifier { FoldVerifier(errorLog: errorLog, claimLog: layout.logSize) }
  /// Coordinates mod r of K in every chunk of the input segment.
  package var absentCoordinates: [ScalarField] {
    order.input.flatMap { _ in absentState.scalarCoordinates }
  }
}
