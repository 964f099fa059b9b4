import Algebra
import Commitment
import Support
import Testing
import Transcript

@Suite("Inner-product argument")
struct InnerProductTests {
  /// A statement that holds, and what its prover knows.
  private struct Case<C: Curve> {
    var generators: Generators<C>
    var vector: FieldVector<C.ScalarField>
    var blinder: C.ScalarField
    var statement: OpeningStatement<C>

    init(variables: Int, entries: Int, seed: UInt64, spareGenerators: Int = 0) throws {
      var random = SeededGenerator(seed: seed)
      generators = Generators(logCount: variables + spareGenerators)
      vector = FieldVector((0..<entries).map { _ in C.ScalarField.random(using: &random) })
      blinder = .randomNonzero(using: &random)
      let point = (0..<variables).map { _ in C.ScalarField.random(using: &random) }
      statement = try OpeningStatement(
        commitment: generators.commit(vector, blinder: blinder), point: point, value: evaluated(vector, at: point))
    }

    func prove(seed: UInt64 = 99) -> InnerProductProof<C> {
      var transcript = ByteTranscript("test")
      var random = SeededGenerator(seed: seed)
      return InnerProductArgument.prove(
        statement, vector: vector, blinder: blinder,
        randomness: .init(variables: statement.point.count, using: &random), generators: generators,
        transcript: &transcript)
    }

    func refusal(of proof: InnerProductProof<C>, _ statement: OpeningStatement<C>? = nil) -> CommitmentError? {
      var transcript = ByteTranscript("test")
      do {
        try InnerProductArgument.verify(
          proof, of: statement ?? self.statement, generators: generators, transcript: &transcript)
        return nil
      } catch { return error }
    }
  }

  @Test("Laws: honest proofs are accepted", arguments: [0, 1, 2, 3, 4, 7, 10])
  func accepts(variables: Int) throws {
    let full = try Case<BN254>(variables: variables, entries: 1 << variables, seed: 3)
    #expect(full.refusal(of: full.prove()) == nil)
    let short = try Case<Grumpkin>(variables: variables, entries: (1 << variables) / 2, seed: 4, spareGenerators: 1)
    #expect(short.refusal(of: short.prove()) == nil)
  }

  @Test("Laws: both transcripts end in the same state, and fresh randomness changes every part of a proof")
  func transcriptsAndRandomness() throws {
    let given = try Case<BN254>(variables: 5, entries: 32, seed: 5)
    var proverSide = ByteTranscript("test")
    var verifierSide = ByteTranscript("test")
    var random = SeededGenerator(seed: 6)
    let proof = InnerProductArgument.prove(
      given.statement, vector: given.vector, blinder: given.blinder, randomness: .init(variables: 5, using: &random),
      generators: given.generators, transcript: &proverSide)
    try InnerProductArgument.verify(
      proof, of: given.statement, generators: given.generators, transcript: &verifierSide)
    let ends: (ScalarField, ScalarField) = (proverSide.challenge(as: "end"), verifierSide.challenge(as: "end"))
    #expect(ends.0 == ends.1)
    let other = given.prove(seed: 7)
    for (left, right) in zip(proof.rounds, other.rounds) {
      #expect(left.left != right.left && left.right != right.right)
    }
    #expect(proof.mask != other.mask && proof.finalBlinder != other.finalBlinder)
    #expect(zip(proof.finalVector, other.finalVector).allSatisfy { $0 != $1 })
  }

  @Test("Rejects: another value, point, commitment or generator list")
  func rejectsStatements() throws {
    let given = try Case<BN254>(variables: 4, entries: 16, seed: 8)
    let proof = given.prove()
    let honest = given.statement
    var point = honest.point
    point[2] += .one
    let shifted = (ProjectivePoint(honest.commitment) + given.generators.blindingBase).affine
    let statements = [
      OpeningStatement(commitment: honest.commitment, point: honest.point, value: honest.value + .one),
      OpeningStatement(commitment: honest.commitment, point: point, value: honest.value),
      OpeningStatement(commitment: shifted, point: honest.point, value: honest.value),
    ]
    for statement in statements { #expect(given.refusal(of: proof, statement) == .openingRefused) }
    // A prover that follows the protocol for a false value.
    var lying = given
    lying.statement = statements[0]
    #expect(lying.refusal(of: lying.prove()) == .openingRefused)
    lying = given
    lying.blinder += .one
    #expect(lying.refusal(of: lying.prove()) == .openingRefused)
    let infinite = OpeningStatement<BN254>(commitment: .infinity, point: honest.point, value: honest.value)
    #expect(given.refusal(of: proof, infinite) == .infinity)
  }

  @Test("Rejects: every part of a proof changed, missing or too many")
  func rejectsChangedProofs() throws {
    let given = try Case<BN254>(variables: 5, entries: 32, seed: 9)
    let proof = given.prove()
    for index in proof.rounds.indices {
      var changed = proof
      changed.rounds[index].left = .generator
      #expect(given.refusal(of: changed) == .openingRefused)
      changed = proof
      changed.rounds[index].right = -proof.rounds[index].right
      #expect(given.refusal(of: changed) == .openingRefused)
      changed = proof
      changed.rounds[index].left = .infinity
      #expect(given.refusal(of: changed) == .infinity)
    }
    for index in proof.finalVector.indices {
      var changed = proof
      changed.finalVector[index] += .one
      #expect(given.refusal(of: changed) == .openingRefused)
    }
    var changed = proof
    changed.finalBlinder += .one
    #expect(given.refusal(of: changed) == .openingRefused)
    changed = proof
    changed.mask = .generator
    #expect(given.refusal(of: changed) == .openingRefused)
    changed = proof
    changed.rounds.removeLast()
    #expect(given.refusal(of: changed) == .openingShape)
    changed = proof
    changed.rounds.append(proof.rounds[0])
    #expect(given.refusal(of: changed) == .openingShape)
    changed = proof
    changed.finalVector.append(.zero)
    #expect(given.refusal(of: changed) == .openingShape)
  }

  @Test("RoundTrip: encoding; Rejects: other lengths, infinity, values that are not canonical")
  func encoding() throws {
    let given = try Case<BN254>(variables: 4, entries: 16, seed: 10)
    let proof = given.prove()
    let bytes = proof.encoded
    #expect(bytes.count == InnerProductProof<BN254>.byteCount(variables: 4))
    #expect(try InnerProductProof<BN254>(encoded: bytes, variables: 4) == proof)
    let wrong: [[UInt8]] = [
      Array(bytes.dropLast()), bytes + [0], [], [UInt8](repeating: 255, count: 32) + bytes.dropFirst(32),
      bytes.dropLast(32) + [UInt8](repeating: 255, count: 32),
    ]
    for bytes in wrong {
      #expect(throws: CommitmentError.openingEncoding) { try InnerProductProof<BN254>(encoded: bytes, variables: 4) }
    }
    #expect(throws: CommitmentError.openingEncoding) { try InnerProductProof<BN254>(encoded: bytes, variables: 5) }
  }
}

/// The multilinear extension at a point by its definition: sum over i of v_i times the product over bits of i.
private func evaluated<F: PrimeField>(_ vector: FieldVector<F>, at point: [F]) -> F {
  var sum = F.zero
  for (index, value) in vector.enumerated() {
    var weight = F.one
    for (bit, coordinate) in point.enumerated() {
      weight *= index >> bit & 1 == 1 ? coordinate : F.one - coordinate
    }
    sum += weight * value
  }
  return sum
}
