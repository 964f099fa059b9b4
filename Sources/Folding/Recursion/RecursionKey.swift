package import Algebra
import Arguments
package import Circuits
package import Commitment
package import ConstraintSystem
import Transcript

/// Everything public that proving and verifying under one key share: circuits, shapes, generators.
package struct RecursionKey: Sendable {
  /// The four circuits, by kind.
  package let circuits: [AugmentedCircuit]
  /// Their shapes.
  package let shapes: [ConstraintShape<ScalarField>]
  /// The sizes they share.
  package let sizes: RecursionSizes
  /// The CycleFold circuit and its generators.
  package let cycle: CycleFoldKey
  /// The generators of chunk commitments.
  package let generators: Generators<PrimaryCurve>
  /// The digest of all of it, vk.
  package let digest: ScalarField

  /// Builds the circuits of a model: grows sizes until every circuit fits the sizes it was built for.
  /// - Parameters:
  ///   - chunkLog: log2 of the length of a commitment chunk.
  ///   - steps: the four steps, given log2 of the number of digits each keeps for the recursion.
  package init(chunkLog: Int, steps: (_ limbsLog: Int) throws -> [StepCircuit]) throws {
    let generators = Generators<PrimaryCurve>(logCount: chunkLog)
    var limbsLog = 12
    var traceChunks = 1
    var errorLog = 16
    while true {
      let circuits = try steps(limbsLog)
      let sizes = RecursionSizes(
        layout: Self.layout(of: circuits, chunkLog: chunkLog), traceChunks: traceChunks, errorLog: errorLog,
        absentState: generators.blindingBase)
      let augmented = try circuits.map { try AugmentedCircuit(step: $0, sizes: sizes) }
      let built: [ConstraintShape<ScalarField>]
      do {
        built = try augmented.map { try $0.shape().shape }
      } catch ConstraintError.digitOverflow {
        limbsLog += 1
        continue
      }
      let traceNeeded = ((built.map(\.traceCount).max() ?? 0) + (1 << chunkLog) - 1) >> chunkLog
      let rowsNeeded = Self.log(built.map(\.rowCount).max() ?? 0)
      guard traceNeeded <= traceChunks && rowsNeeded <= errorLog else {
        traceChunks = max(traceChunks, traceNeeded)
        errorLog = max(errorLog, rowsNeeded)
        continue
      }
      self.circuits = augmented
      self.shapes = built
      self.sizes = sizes
      self.generators = generators
      let cycle = try CycleFoldKey(chunkCount: sizes.order.total)
      self.cycle = cycle
      self.digest = Self.digest(
        shapes: built, circuits: circuits, sizes: sizes, generators: generators, cycle: cycle)
      return
    }
  }

  /// The entries a kind uses of each segment X, Y, w, A, B; zero beyond.
  package func segmentLengths(of kind: StepKind) -> [Int] {
    circuits[kind.rawValue].step.segmentEntries.prefix(4) + [shapes[kind.rawValue].traceCount]
  }

  /// The columns of the public tables as vectors.
  package var tableColumns: [FieldVector<ScalarField>] {
    let tables = circuits[0].step.statement.tables
    return [tables.ids, tables.inputs, tables.outputs].map { FieldVector(smallIntegers: $0.map(Int64.init)) }
  }

  private static func layout(of steps: [StepCircuit], chunkLog: Int) -> BlockLayout {
    func largest(_ path: (StepCircuit) -> [Int]) -> [Int] {
      Segment.allCases.map { segment in steps.map { path($0)[segment.rawValue] }.max() ?? 0 }
    }
    return BlockLayout(
      chunkLog: chunkLog, entries: largest(\.segmentEntries), largestLogs: largest(\.largestLogs))
  }

  private static func log(_ count: Int) -> Int {
    count <= 1 ? 0 : Int.bitWidth - (count - 1).leadingZeroBitCount
  }

  private static func digest(
    shapes: [ConstraintShape<ScalarField>], circuits: [StepCircuit], sizes: RecursionSizes,
    generators: Generators<PrimaryCurve>, cycle: CycleFoldKey
  ) -> ScalarField {
    var transcript = ByteTranscript("LayerFold verification key 1")
    for (shape, circuit) in zip(shapes, circuits) {
      transcript.absorb(shape.bytes, as: "shape")
      transcript.absorb(circuit.segmentEntries.map { ScalarField($0) }, as: "segment entries")
    }
    let layout = sizes.layout
    transcript.absorb(
      ([layout.chunkLog, layout.logSize, sizes.errorLog] + layout.bases + sizes.order.counts).map { ScalarField($0) },
      as: "sizes")
    let tables = circuits[0].statement.tables
    for column in [tables.ids, tables.inputs, tables.outputs] {
      transcript.absorb(column.map { ScalarField(Int($0)) }, as: "tables")
    }
    transcript.absorb(generators.digest, as: "generators")
    transcript.absorb(cycle.digest, as: "cyclefold")
    return transcript.challenge(as: "key")
  }
}
