import Algebra
import Commitment
import Support
import Testing

@Suite("Pedersen commitments")
struct PedersenTests {
  private typealias F = ScalarField
  private let generators = Generators<BN254>(logCount: 4)

  /// The definition, term by term.
  private func naive(_ values: [F], blinder: F) -> AffinePoint<BN254> {
    var sum = generators.blindingBase.multiplied(variableTime: blinder)
    for (value, base) in zip(values, generators.bases) { sum += base.multiplied(variableTime: value) }
    return sum.affine
  }

  @Test("Oracle: small integers and field elements agree with the definition")
  func definition() throws {
    var random = SeededGenerator(seed: 1)
    let small: [Int64] = [0, 1, -1, 5, -32768, 32767, 65536, .max, .min, 77]
    let blinder = F.randomNonzero(using: &random)
    let expected = naive(small.map { F($0) }, blinder: blinder)
    #expect(try generators.commit(small, blinder: blinder) == expected)
    #expect(try generators.commit(FieldVector(smallIntegers: small), blinder: blinder) == expected)
    let full = (0..<16).map { _ in F.random(using: &random) }
    #expect(try generators.commit(FieldVector(full), blinder: blinder) == naive(full, blinder: blinder))
  }

  @Test("Laws: zeros with blinder 1 are K; a tail of zeros changes nothing; blinders hide")
  func zeros() throws {
    #expect(try generators.commit([Int64](), blinder: .one) == generators.blindingBase)
    #expect(
      try generators.commit(FieldVector<F>(repeating: .zero, count: 16), blinder: .one) == generators.blindingBase)
    #expect(
      try generators.commit([3, 4, 0, 0] as [Int64], blinder: .one)
        == generators.commit([3, 4] as [Int64], blinder: .one))
    #expect(try generators.commit([3] as [Int64], blinder: F(2)) != generators.commit([3] as [Int64], blinder: F(3)))
  }

  @Test("Laws: combinations of commitments commit to combinations, chunk by chunk")
  func homomorphism() throws {
    var random = SeededGenerator(seed: 2)
    let left = (0..<40).map { _ in F.random(using: &random) }
    let right = (0..<40).map { _ in F.random(using: &random) }
    let alpha = F.random(using: &random)
    let leftBlinders = ChunkBlinders<F>.random(count: 4, using: &random)
    let rightBlinders = ChunkBlinders<F>.random(count: 4, using: &random)
    let sum = left.indices.map { left[$0] + alpha * right[$0] }
    let commitment = try generators.commit(chunks: FieldVector(left), chunkCount: 4, blinders: leftBlinders)
    let other = try generators.commit(chunks: FieldVector(right), chunkCount: 4, blinders: rightBlinders)
    let blinders = leftBlinders.adding(alpha, times: rightBlinders)
    #expect(
      try commitment.adding(alpha, times: other)
        == generators.commit(chunks: FieldVector(sum), chunkCount: 4, blinders: blinders))
    #expect(Set(leftBlinders.values).count == 4)
    #expect(commitment.points[3] == naive([], blinder: leftBlinders.values[3]))
    #expect(commitment.points[2] == naive(Array(left[32...]), blinder: leftBlinders.values[2]))
  }

  @Test("Rejects: too many entries, wrong numbers of chunks, infinity")
  func rejects() throws {
    let generators = generators
    #expect(throws: CommitmentError.chunkTooLong(entries: 17, generators: 16)) {
      try generators.commit([Int64](repeating: 0, count: 17), blinder: .one)
    }
    #expect(throws: CommitmentError.infinity) { try generators.commit([Int64](), blinder: .zero) }
    let blinders = ChunkBlinders<F>([.one, .one])
    #expect(throws: CommitmentError.chunkCount(expected: 3, found: 2)) {
      try generators.commit(chunks: [Int64](repeating: 1, count: 33), chunkCount: 2, blinders: blinders)
    }
    #expect(throws: CommitmentError.chunkCount(expected: 1, found: 2)) {
      try generators.commit(chunks: [Int64](), chunkCount: 1, blinders: blinders)
    }
    #expect(throws: CommitmentError.infinity) { try ChunkedCommitment<BN254>([.generator, .infinity]) }
    let one = try ChunkedCommitment<BN254>([.generator])
    let two = try ChunkedCommitment<BN254>([.generator, .generator])
    #expect(throws: CommitmentError.chunkCount(expected: 1, found: 2)) { try one.adding(.one, times: two) }
    #expect(throws: CommitmentError.infinity) { try one.adding(-.one, times: one) }
  }

  @Test("Oracle: ternary vectors with a few other entries, by additions")
  func ternary() throws {
    let generators = Generators<BN254>(logCount: 6)
    var values = (0..<150).map { (index: Int) -> Int16 in Int16(index * 31 % 7 % 3) - 1 }
    (values[3], values[70], values[149]) = (32767, -32768, -2)
    let blinders = ChunkBlinders((1...4).map { F($0) })
    let expected = try generators.commit(chunks: values.map { Int64($0) }, chunkCount: 4, blinders: blinders)
    let one = try generators.commit(ternary: [values], chunkCount: 4, blinders: [blinders])
    #expect(one == [expected])
    // Several at once, of different lengths and with other blinders.
    let other = Array(values.reversed().prefix(70)), others = ChunkBlinders((5...8).map { F($0) })
    let expectedOther = try generators.commit(chunks: other.map { Int64($0) }, chunkCount: 4, blinders: others)
    let several = try generators.commit(
      ternary: [values, other, values], chunkCount: 4, blinders: [blinders, others, blinders])
    #expect(several == [expected, expectedOther, expected])
    #expect(throws: CommitmentError.chunkCount(expected: 3, found: 2)) {
      try generators.commit(ternary: [values], chunkCount: 2, blinders: [ChunkBlinders([.one, .one])])
    }
  }
}
