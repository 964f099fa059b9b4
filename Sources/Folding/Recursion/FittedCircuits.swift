package import Algebra
import Arguments
package import Circuits
package import ConstraintSystem
import Model

/// The circuits of all kinds, grown until each fits the sizes that all of them were built for.
package struct FittedCircuits: Sendable {
  /// The circuits, by kind.
  package let circuits: [AugmentedCircuit]
  /// Their constraints, by kind.
  package let shapes: [ConstraintShape<ScalarField>]
  /// The sizes they share.
  package let sizes: RecursionSizes

  /// Builds the circuits of a model; takes seconds, and no generators but one.
  /// - Parameters:
  ///   - chunkLog: log2 of the length of a commitment chunk.
  ///   - absentState: the blinding base K of the generators.
  ///   - steps: the four steps, given log2 of the number of digits each keeps for the recursion.
  package init(
    chunkLog: Int, absentState: AffinePoint<PrimaryCurve>, steps: (_ limbsLog: Int) throws -> [StepCircuit]
  ) throws {
    var limbsLog = 12
    var traceChunks = 1
    var errorLog = RecursionSizes.leastErrorLog
    while true {
      let circuits = try steps(limbsLog)
      let sizes = RecursionSizes(
        layout: Self.layout(of: circuits, chunkLog: chunkLog), traceChunks: traceChunks, errorLog: errorLog,
        absentState: absentState, digitBits: circuits[0].parameters.quantization.digitBits)
      let augmented = try circuits.map { try AugmentedCircuit(step: $0, sizes: sizes) }
      let built: [ConstraintShape<ScalarField>]
      do {
        built = try Parallel.map(count: augmented.count, minimumChunk: 1) { kind in
          Result { try augmented[kind].shape().shape }
        }.map { try $0.get() }
      } catch ConstraintError.digitOverflow {
        limbsLog += 1
        continue
      }
      let traceNeeded = ((built.map(\.traceCount).max() ?? 0) + (1 << chunkLog) - 1) >> chunkLog
      let rowsNeeded = RecursionSizes.errorLog(rows: built.map(\.rowCount).max() ?? 0)
      guard traceNeeded <= traceChunks && rowsNeeded <= errorLog else {
        traceChunks = max(traceChunks, traceNeeded)
        errorLog = max(errorLog, rowsNeeded)
        continue
      }
      self.circuits = augmented
      self.shapes = built
      self.sizes = sizes
      return
    }
  }

  /// Where segments stand in Q, given the steps of all kinds.
  private static func layout(of steps: [StepCircuit], chunkLog: Int) -> BlockLayout {
    func largest(_ path: (StepCircuit) -> [Int]) -> [Int] {
      Segment.allCases.map { segment in steps.map { path($0)[segment.rawValue] }.max() ?? 0 }
    }
    return BlockLayout(
      chunkLog: chunkLog, entries: largest(\.segmentEntries), largestLogs: largest(\.largestLogs))
  }
}
