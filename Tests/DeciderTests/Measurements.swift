import Algebra
import Commitment
import ConstraintSystem
import Decider
import Foundation
import Support
import Testing

/// Times of the decider, printed; run with LAYERFOLD_MEASURE=1, and LAYERFOLD_MEASURE_LOG=14 for other chunks than 2^17.
@Suite("Measurements", .enabled(if: ProcessInfo.processInfo.environment["LAYERFOLD_MEASURE"] != nil), .serialized)
struct Measurements {
  @Test("Four kinds of sixteen chunks and as many rows as a chunk has entries")
  func decider() throws {
    let k = ProcessInfo.processInfo.environment["LAYERFOLD_MEASURE_LOG"].flatMap { Int($0) } ?? 17
    let large = try timed("build the statement") { try LargeDecider(chunkLog: k) }
    var random = SeededGenerator(seed: 2)
    let proof = try timed("prove") {
      try large.decider.prove(large.statement, witness: large.witness, using: &random)
    }
    print("proof: \(proof.encoded.count) bytes")
    try timed("verify") { try large.decider.verify(proof, of: large.statement) }
    let (relation, instance) = (large.key.primary.relations[0], large.statement.primary[0])
    let point = (0..<k).map { _ in F.random(using: &random) }
    let table = EqualityPolynomial.table(point)
    let start = ContinuousClock.now
    let coefficients = RelationCoefficients(
      key: relation, chunkLog: k, weights: .init(left: .one, right: .one, output: .one, claim: .one),
      publics: [instance.u, instance.x], points: (instance.errorPoint, instance.claimPoint))
    _ = coefficients.evaluated(at: point, table: table)
    let duration = ContinuousClock.now - start
    let nanoseconds = Double(duration.components.attoseconds) / 1e9 + Double(duration.components.seconds) * 1e9
    let entries = relation.shape.entryCount
    print("evaluate one relation: \(duration), \(entries) entries, \(nanoseconds / Double(entries)) ns each")
  }
}

/// A satisfied statement of a realistic size; all kinds are the same.
private struct LargeDecider {
  let key: DeciderKey
  let statement: DeciderStatement
  let witness: DeciderWitness
  let decider: Decider

  init(chunkLog k: Int) throws {
    var random = SeededGenerator(seed: 1)
    let length = 1 << k
    // X, Y, w, A, B; the tables stand behind X.
    let counts = [1, 1, 8, 3, 3]
    let bases: [Int?] = [0, 1, 8, 4, nil]
    let parts: [Column.Part?] = [nil, nil, nil, .values, .trace]
    let placements = (0..<5).flatMap { segment in
      ChunkPlacement.segment(
        length: counts[segment] * length - 7, chunkCount: counts[segment], chunkLog: k,
        claimBase: bases[segment].map { $0 << k }, columns: parts[segment])
    }
    let shape: ConstraintShape<F> = try randomShape(
      rows: length - 2, valuesCount: length / 8, traceCount: 3 * length - 7, publicCount: 2, seed: 2)
    let relation = RelationKey(shape: shape, chunks: placements, chunkLog: k)
    let table = PlacedTable(claimBase: 2 * length, values: Array(0..<Int32(length)))
    let secondaryLog = min(k, 15)
    let secondaryLength = 1 << secondaryLog
    let cycleFold: ConstraintShape<S> = try randomShape(
      rows: secondaryLength - 2, valuesCount: 0, traceCount: secondaryLength, publicCount: 100, seed: 3)
    let secondary = RelationKey(
      shape: cycleFold,
      chunks: [
        ChunkPlacement(length: secondaryLength, claimBase: nil, role: .columns(Column(.trace, 0))),
        ChunkPlacement(length: secondaryLength - 2, claimBase: nil, role: .errors(row: 0)),
      ], chunkLog: secondaryLog)
    key = DeciderKey(
      digest: [],
      primary: RelationBatch(
        relations: [relation, relation, relation, relation], tables: [table], chunkLog: k, rowLog: k, claimLog: k + 4),
      secondary: RelationBatch(
        relations: [secondary], tables: [], chunkLog: secondaryLog, rowLog: secondaryLog, claimLog: 0))
    let generators = Generators<PrimaryCurve>(logCount: k)
    let secondaryGenerators = Generators<SecondaryCurve>(logCount: secondaryLog)
    decider = Decider(key: key, primary: generators, secondary: secondaryGenerators)

    let chunks = placements.map { chunk in (0..<chunk.length).map { _ in F.random(using: &random) } }
    let vectors = CommittedVectors<F>(
      chunks: chunks.map { FieldVector($0) }, blinders: chunks.map { _ in .randomNonzero(using: &random) })
    let (u, x) = (F.random(using: &random), F.random(using: &random))
    let products = shape.multiply(
      values: Array(chunks[10..<13].joined()), trace: Array(chunks[13...].joined()), publics: [u, x])
    var error = FieldVector(products.c)
    error.scale(by: -u)
    error += FieldVector(products.a).hadamard(FieldVector(products.b))
    var q = [F](repeating: .zero, count: length << 4)
    for (placement, chunk) in zip(placements, chunks) {
      guard let base = placement.claimBase else { continue }
      q.replaceSubrange(base..<(base + chunk.count), with: chunk)
    }
    for index in 0..<length { q[table.claimBase + index] = u * F(index) }
    let errorPoint = (0..<k).map { _ in F.random(using: &random) }
    let claimPoint = (0..<(k + 4)).map { _ in F.random(using: &random) }
    let instance = ClaimedInstance(
      commitments: try zip(vectors.chunks, vectors.blinders).map { try generators.commit($0.vector, blinder: $1) },
      u: u, x: x,
      errorPoint: errorPoint, errorValue: error.evaluateMultilinear(at: errorPoint), claimPoint: claimPoint,
      claimValue: FieldVector(q).evaluateMultilinear(at: claimPoint))

    let w = (0..<secondaryLength).map { _ in S.random(using: &random) }
    let publics = (0..<100).map { _ in S.random(using: &random) }
    let rows = cycleFold.multiply(values: [S](), trace: w, publics: publics)
    let secondaryError = rows.a.indices.map { rows.a[$0] * rows.b[$0] - publics[0] * rows.c[$0] }
    let secondaryVectors = CommittedVectors<S>(
      chunks: [FieldVector(w), FieldVector(secondaryError)], blinders: [S(3), S(4)])
    let relaxed = RelaxedInstance(
      witnessCommitment: try secondaryGenerators.commit(secondaryVectors.chunks[0].vector, blinder: S(3)),
      errorCommitment: try secondaryGenerators.commit(secondaryVectors.chunks[1].vector, blinder: S(4)), u: publics[0],
      publicInputs: Array(publics.dropFirst()))
    statement = DeciderStatement(
      context: [], primary: [instance, instance, instance, instance], secondary: relaxed)
    witness = DeciderWitness(primary: [vectors, vectors, vectors, vectors], secondary: secondaryVectors)
  }
}

private func timed<Result>(_ name: String, _ body: () throws -> Result) rethrows -> Result {
  let (wall, processor) = (ContinuousClock.now, clock())
  let result = try body()
  let seconds = Double(clock() - processor) / Double(CLOCKS_PER_SEC)
  print("\(name): \(ContinuousClock.now - wall), processors \(seconds) s")
  return result
}
