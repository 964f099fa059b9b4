import Algebra
import Commitment
import ConstraintSystem
import Decider
import Support

typealias F = PrimaryCurve.ScalarField
typealias S = SecondaryCurve.ScalarField

/// A small decider: chunks of 8 entries, Q of 128, two kinds with different rows and segment lengths, one table of three
/// columns; every instance is random and satisfied.
///
/// Segments in Q: X at 0 (1 chunk), w at 16 (2 chunks), A at 32 (3 chunks), Y at 64 (1 chunk), tables from 72 on.
struct ToyDecider {
  static let chunkLog = 3
  static let claimLog = 7

  var key: DeciderKey
  var statement: DeciderStatement
  var witness: DeciderWitness
  let primaryGenerators = Generators<PrimaryCurve>(logCount: ToyDecider.chunkLog)
  let secondaryGenerators = Generators<SecondaryCurve>(logCount: 5)

  /// Lengths of X, Y, w, A, B for each kind.
  static let lengths = [[8, 5, 11, 19, 14], [3, 8, 16, 24, 9]]
  static let rowCounts = [13, 6]

  var decider: Decider { Decider(key: key, primary: primaryGenerators, secondary: secondaryGenerators) }

  init(seed: UInt64) throws {
    var random = SeededGenerator(seed: seed)
    let tables = [
      PlacedTable(claimBase: 72, values: [1, -2, 3, 4, 5]),
      PlacedTable(claimBase: 80, values: [7, 8, .max, .min, 11, 12, 13, 14]),
      PlacedTable(claimBase: 96, values: (0..<9).map { $0 * $0 }),
    ]
    var relations: [RelationKey<F>] = []
    for (kind, lengths) in Self.lengths.enumerated() {
      let shape: ConstraintShape<F> = try randomShape(
        rows: Self.rowCounts[kind], valuesCount: lengths[3], traceCount: lengths[4], publicCount: 2, seed: seed + 10)
      let counts = [1, 1, 2, 3, 2]
      let bases: [Int?] = [0, 64, 16, 32, nil]
      let parts: [Column.Part?] = [nil, nil, nil, .values, .trace]
      let placements = (0..<5).flatMap { segment in
        ChunkPlacement.segment(
          length: lengths[segment], chunkCount: counts[segment], chunkLog: Self.chunkLog, claimBase: bases[segment],
          columns: parts[segment])
      }
      relations.append(RelationKey(shape: shape, chunks: placements, chunkLog: Self.chunkLog))
    }
    let cycleFold: ConstraintShape<S> = try randomShape(
      rows: 20, valuesCount: 0, traceCount: 27, publicCount: 4, seed: seed + 20)
    let secondaryRelation = RelationKey(
      shape: cycleFold,
      chunks: [
        ChunkPlacement(length: 27, claimBase: nil, role: .columns(Column(.trace, 0))),
        ChunkPlacement(length: 20, claimBase: nil, role: .errors(row: 0)),
      ], chunkLog: 5)
    key = DeciderKey(
      digest: [1, 2, 3],
      primary: RelationBatch(
        relations: relations, tables: tables, chunkLog: Self.chunkLog, rowLog: 4, claimLog: Self.claimLog),
      secondary: RelationBatch(
        relations: [secondaryRelation], tables: [], chunkLog: 5, rowLog: 5, claimLog: 0))
    let vectors = relations.map { relation in
      CommittedVectors<F>(
        chunks: relation.chunks.map { chunk in
          FieldVector((0..<chunk.length).map { _ in F.random(using: &random) })
        },
        blinders: relation.chunks.map { _ in .randomNonzero(using: &random) })
    }
    let secondaryVectors = CommittedVectors<S>(
      chunks: [FieldVector((0..<27).map { _ in S.random(using: &random) }), []],
      blinders: [.randomNonzero(using: &random), .randomNonzero(using: &random)])
    witness = DeciderWitness(primary: vectors, secondary: secondaryVectors)
    let instances = vectors.map { _ in
      ClaimedInstance(
        commitments: [], u: .random(using: &random), x: .random(using: &random),
        errorPoint: (0..<4).map { _ in .random(using: &random) }, errorValue: .zero,
        claimPoint: (0..<Self.claimLog).map { _ in .random(using: &random) }, claimValue: .zero)
    }
    let relaxed = RelaxedInstance(
      witnessCommitment: .generator, errorCommitment: .generator, u: .random(using: &random),
      publicInputs: (0..<3).map { _ in .random(using: &random) })
    statement = DeciderStatement(context: [4, 5], primary: instances, secondary: relaxed)
    for kind in instances.indices {
      try commit(kind)
      statement.primary[kind].errorValue = naiveErrorValue(kind)
      statement.primary[kind].claimValue = naiveClaimValue(kind)
    }
    witness.secondary.chunks[1] = VectorChunk(FieldVector(naiveSecondaryErrors()))
    try commitSecondary()
  }

  /// The key of a decider with a bug: every chunk of A, X, Y and w is as long as its vector may be.
  func keyOfFullChunks() throws -> DeciderKey {
    let relations = key.primary.relations.map { relation in
      RelationKey(
        shape: relation.shape,
        chunks: relation.chunks.enumerated().map { index, chunk in
          ChunkPlacement(
            length: index < 7 ? 1 << Self.chunkLog : chunk.length, claimBase: chunk.claimBase, role: chunk.role)
        }, chunkLog: Self.chunkLog)
    }
    return DeciderKey(
      digest: key.digest,
      primary: RelationBatch(
        relations: relations, tables: key.primary.tables, chunkLog: Self.chunkLog, rowLog: 4, claimLog: Self.claimLog),
      secondary: key.secondary)
  }

  /// Commits to a kind's chunks as they are now.
  mutating func commit(_ kind: Int) throws {
    let vectors = witness.primary[kind]
    statement.primary[kind].commitments = try zip(vectors.chunks, vectors.blinders).map {
      try primaryGenerators.commit($0.vector, blinder: $1)
    }
  }

  /// Commits to W and E as they are now.
  mutating func commitSecondary() throws {
    let vectors = witness.secondary
    statement.secondary.witnessCommitment = try secondaryGenerators.commit(
      vectors.chunks[0].vector, blinder: vectors.blinders[0])
    statement.secondary.errorCommitment = try secondaryGenerators.commit(
      vectors.chunks[1].vector, blinder: vectors.blinders[1])
  }

  /// The entry at an offset of a segment, given the index of its first chunk.
  private func entry(_ kind: Int, firstChunk: Int, _ offset: Int) -> F {
    let chunk = witness.primary[kind].chunks[firstChunk + offset >> Self.chunkLog]
    let index = offset & (1 << Self.chunkLog - 1)
    return index < chunk.count ? chunk[index] : .zero
  }

  /// E~(r_E) by the definition, apart from the implementation.
  func naiveErrorValue(_ kind: Int) -> F {
    let (shape, instance) = (key.primary.relations[kind].shape, statement.primary[kind])
    func product(_ matrix: SparseMatrix<F>) -> [F] {
      naiveProduct(
        matrix, shape, publics: [instance.u, instance.x], values: { entry(kind, firstChunk: 4, $0) },
        trace: { entry(kind, firstChunk: 7, $0) })
    }
    let (a, b, c) = (product(shape.a), product(shape.b), product(shape.c))
    return naiveExtension(a.indices.map { a[$0] * b[$0] - instance.u * c[$0] }, at: instance.errorPoint)
  }

  /// Q~(r_Q) by the definition: every chunk's whole vector at its place, `tail` included.
  func naiveClaimValue(_ kind: Int) -> F {
    var q = [F](repeating: .zero, count: 1 << Self.claimLog)
    let bases = [0, 64, 16, 24, 32, 40, 48]
    for (chunk, base) in zip(witness.primary[kind].chunks, bases) {
      for (index, value) in chunk.enumerated() { q[base + index] = value }
    }
    for table in key.primary.tables {
      for (index, value) in table.values.enumerated() {
        q[table.claimBase + index] = statement.primary[kind].u * F(Int(value))
      }
    }
    return naiveExtension(q, at: statement.primary[kind].claimPoint)
  }

  /// The errors of the secondary rows by the definition.
  func naiveSecondaryErrors() -> [S] {
    let (shape, instance) = (key.secondary.relations[0].shape, statement.secondary)
    let w = witness.secondary.chunks[0]
    func product(_ matrix: SparseMatrix<S>) -> [S] {
      naiveProduct(
        matrix, shape, publics: [instance.u] + instance.publicInputs, values: { _ in .zero }, trace: { w[$0] })
    }
    let (a, b, c) = (product(shape.a), product(shape.b), product(shape.c))
    return a.indices.map { a[$0] * b[$0] - instance.u * c[$0] }
  }

  func prove(seed: UInt64 = 1) throws -> DeciderProof {
    var random = SeededGenerator(seed: seed)
    return try decider.prove(statement, witness: witness, using: &random)
  }

  /// What the verifier says about a proof of this statement, or of another one.
  func refusal(of proof: DeciderProof, statement: DeciderStatement? = nil) -> DeciderError? {
    do {
      try decider.verify(proof, of: statement ?? self.statement)
      return nil
    } catch { return error }
  }

  /// What the verifier says about the proof that the honest algorithm makes of this statement.
  func refusal() throws -> DeciderError? { refusal(of: try prove()) }
}
