import Algebra
import Arguments
import Circuits
import Commitment
import ConstraintSystem
package import Folding

/// The decider of a recursion: what is left of it, proved satisfied in one small proof.
package struct RecursionDecider: Sendable {
  private let key: VerificationKey
  private let deciderKey: DeciderKey
  private let decider: Decider

  /// The decider under a recursion's key.
  package init(key: VerificationKey) {
    self.key = key
    deciderKey = Self.deciderKey(of: key)
    decider = Decider(key: deciderKey, primary: key.generators, secondary: key.cycle.generators)
  }

  /// The number of bytes of every proof under the key.
  package var proofByteCount: Int { DeciderProof.byteCount(for: deciderKey) }

  /// The number of bytes of every proof under a key of these sizes, whose CycleFold instance has 2^cycleLog generators.
  package static func proofByteCount(sizes: RecursionSizes, cycleLog: Int) -> Int {
    BatchProof<PrimaryCurve>.byteCount(
      MaskLayout(
        rowLog: sizes.errorLog, relationCount: StepKind.allCases.count, chunkLog: sizes.order.chunkLog))
      + BatchProof<SecondaryCurve>.byteCount(MaskLayout(rowLog: cycleLog, relationCount: 1, chunkLog: cycleLog))
  }

  /// Reads a proof; throws `DeciderError` unless it is the canonical encoding of one, to the last byte.
  package func decode(_ bytes: [UInt8]) throws(DeciderError) -> DeciderProof {
    try DeciderProof(encoded: bytes, key: deciderKey)
  }

  /// Proves that all running instances of `prover`, whose last step has been folded, are satisfied.
  /// - Parameter context: whatever else the proof must be tied to.
  package func prove(
    _ prover: RecursionProver, context: [UInt8], using generator: inout some RandomNumberGenerator
  ) throws -> DeciderProof {
    let order = key.sizes.order
    let witness = DeciderWitness(
      primary: prover.witnesses.map { witness in
        CommittedVectors(
          chunks: zip(witness.parts, order.counts).flatMap { Self.chunks(of: $0, count: $1, log: order.chunkLog) }
            + Self.ranges(of: witness.trace.count, count: order.counts[4], log: order.chunkLog)
            .map { VectorChunk(witness.trace, $0) },
          blinders: witness.blinders,
          products: RowProducts(a: witness.az.elements, b: witness.bz.elements, c: witness.cz.elements))
      },
      secondary: CommittedVectors(
        chunks: [prover.cycleWitness.trace, prover.cycleWitness.error],
        blinders: [prover.cycleWitness.traceBlinder, prover.cycleWitness.errorBlinder],
        products: RowProducts(
          a: prover.cycleWitness.az.elements, b: prover.cycleWitness.bz.elements, c: prover.cycleWitness.cz.elements)))
    return try decider.prove(
      Self.statement(prover.running, prover.cycle, context: context), witness: witness, using: &generator)
  }

  /// Verifies that all running instances are satisfied; throws `DeciderError` naming the check that failed.
  package func verify(
    _ proof: DeciderProof, running: [RunningInstance], cycle: SecondaryInstance, context: [UInt8]
  ) throws(DeciderError) {
    try decider.verify(proof, of: Self.statement(running, cycle, context: context))
  }

  private static func statement(
    _ running: [RunningInstance], _ cycle: SecondaryInstance, context: [UInt8]
  ) -> DeciderStatement {
    DeciderStatement(
      context: context,
      primary: running.map { instance in
        ClaimedInstance(
          commitments: instance.commitments, u: instance.scalars.u, x: instance.scalars.x,
          errorPoint: instance.scalars.errorPoint, errorValue: instance.scalars.errorValue,
          claimPoint: instance.scalars.claimPoint, claimValue: instance.scalars.claimValue)
      },
      secondary: RelaxedInstance(
        witnessCommitment: cycle.trace, errorCommitment: cycle.error, u: cycle.u, publicInputs: cycle.publics))
  }

  /// The chunks of a segment of X, Y, w, A.
  private static func chunks(of segment: RunningSegment, count: Int, log: Int) -> [VectorChunk<ScalarField>] {
    let ranges = ranges(of: segment.count, count: count, log: log)
    switch segment {
    case .full(let vector): return ranges.map { VectorChunk(vector, $0) }
    case .start(let vector), .once(let vector): return ranges.map { VectorChunk(vector[$0]) }
    }
  }

  /// Where the chunks of a vector are.
  private static func ranges(of length: Int, count: Int, log: Int) -> [Range<Int>] {
    (0..<count).map { min(length, $0 << log)..<min(length, ($0 + 1) << log) }
  }

  private static func deciderKey(of key: VerificationKey) -> DeciderKey {
    let (layout, order) = (key.sizes.layout, key.sizes.order)
    let relations = StepKind.allCases.map { kind in
      let lengths = key.segmentLengths(of: kind)
      let segments: [(base: Int?, columns: Column.Part?)] =
        layout.bases.prefix(3).map { ($0, nil) } + [(layout.bases[3], .values), (nil, .trace)]
      let chunks = segments.indices.flatMap { segment in
        ChunkPlacement.segment(
          length: lengths[segment], chunkCount: order.counts[segment], chunkLog: order.chunkLog,
          claimBase: segments[segment].base, columns: segments[segment].columns)
      }
      return RelationKey(shape: key.shapes[kind.rawValue], chunks: chunks, chunkLog: order.chunkLog)
    }
    let tables = key.tables
    let base = layout.bases[Segment.tables.rawValue]
    let primary = RelationBatch(
      relations: relations,
      tables: [tables.ids, tables.inputs, tables.outputs].enumerated().map {
        PlacedTable(claimBase: base + $0 * tables.ids.count, values: $1)
      },
      chunkLog: order.chunkLog, rowLog: key.sizes.errorLog, claimLog: layout.logSize)
    let cycle = key.cycle
    let secondary = RelationBatch(
      relations: [
        RelationKey(
          shape: cycle.shape,
          chunks: [
            ChunkPlacement(length: cycle.shape.traceCount, claimBase: nil, role: .columns(Column(.trace, 0))),
            ChunkPlacement(length: cycle.shape.rowCount, claimBase: nil, role: .errors(row: 0)),
          ], chunkLog: cycle.generators.logCount)
      ],
      tables: [], chunkLog: cycle.generators.logCount, rowLog: cycle.generators.logCount, claimLog: 0)
    return DeciderKey(digest: key.digest.bytes, primary: primary, secondary: secondary)
  }
}
