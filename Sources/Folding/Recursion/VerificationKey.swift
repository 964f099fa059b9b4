package import Algebra
package import Arguments
package import Circuits
package import Commitment
package import ConstraintSystem
import Transcript

/// Everything a verifier needs of a recursion: constraints, sizes, tables and generators, without circuits or weights.
package struct VerificationKey: Sendable {
  /// The constraints of the four kinds, by kind.
  package let shapes: [ConstraintShape<ScalarField>]
  /// By kind, the entries of each segment, by `Segment.rawValue`.
  package let segmentEntries: [[Int]]
  /// The sizes all kinds share.
  package let sizes: RecursionSizes
  /// The public tables.
  package let tables: LookupTables
  /// The generators of chunk commitments.
  package let generators: Generators<PrimaryCurve>
  /// The CycleFold circuit and its generators.
  package let cycle: CycleFoldKey
  /// Whatever else the key speaks for, such as the tokenizer: bytes that only the digest sees.
  package let context: [UInt8]
  /// The digest of all of it, vk.
  package let digest: ScalarField

  /// A key from parts that fit together; computes the digest.
  ///
  /// - Parameter shapeDigests: the digests of the constraints' encodings, if they are known.
  package init(
    shapes: [ConstraintShape<ScalarField>], segmentEntries: [[Int]], sizes: RecursionSizes, tables: LookupTables,
    generators: (primary: Generators<PrimaryCurve>, cycle: CycleFoldKey), context: [UInt8],
    shapeDigests: [[UInt8]]? = nil
  ) {
    precondition(
      shapes.count == StepKind.allCases.count && segmentEntries.count == shapes.count
        && segmentEntries.allSatisfy { $0.count == Segment.allCases.count },
      "constraints and the entries of every segment for every kind")
    self.shapes = shapes
    self.segmentEntries = segmentEntries
    self.sizes = sizes
    self.tables = tables
    self.generators = generators.primary
    self.cycle = generators.cycle
    self.context = context
    var transcript = ByteTranscript("LayerFold verification key 4")
    transcript.absorb(context, as: "context")
    let digests = shapeDigests ?? Parallel.mapTasks(count: shapes.count) { PieceDigest.of(shapes[$0].bytes) }
    for (shape, entries) in zip(digests, segmentEntries) {
      transcript.absorb(shape, as: "shape")
      transcript.absorb(entries.map { ScalarField($0) }, as: "segment entries")
    }
    let layout = sizes.layout
    transcript.absorb(
      ([layout.chunkLog, layout.logSize, sizes.errorLog] + layout.bases + sizes.order.counts).map { ScalarField($0) },
      as: "sizes")
    for column in [tables.ids, tables.inputs, tables.outputs] {
      let bytes = column.map { $0.littleEndian }.withUnsafeBytes { Array($0) }
      transcript.absorb(PieceDigest.of(bytes), as: "tables")
    }
    transcript.absorb(self.generators.digest, as: "generators")
    transcript.absorb(cycle.digest, as: "cyclefold")
    digest = transcript.challenge(as: "key")
  }

  /// The entries a kind uses of each segment X, Y, w, A, B; zero beyond.
  package func segmentLengths(of kind: StepKind) -> [Int] {
    segmentEntries[kind.rawValue].prefix(4) + [shapes[kind.rawValue].traceCount]
  }

  /// What the public tables contribute to Q~(point) when u = 1.
  func tables(at point: [ScalarField]) -> ScalarField {
    let logSize = tables.entries.logSize, first = sizes.layout.bases[Segment.tables.rawValue] >> logSize
    return [tables.ids, tables.inputs, tables.outputs].enumerated().reduce(ScalarField.zero) { sum, column in
      sum + ScalarField.equality(point[logSize...], at: first + column.offset)
        * Multilinear.evaluate(smallIntegers: column.element, at: Array(point[..<logSize]))
    }
  }
}
