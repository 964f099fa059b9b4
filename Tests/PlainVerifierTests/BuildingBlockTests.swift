import Algebra
import Commitment
import ConstraintSystem
import Folding
import PlainVerifier
import Support
import Testing
import Transcript

@Suite("Both verifiers compute the same", .serialized) struct BuildingBlockTests {
  @Test("Oracle: sums, products and encodings modulo r and q")
  func residues() {
    var generator = SeededGenerator(seed: 3)
    func check<Field: PrimeField, M: Modulus>(_: Field.Type, _: M.Type) {
      let edges = [Field.zero, .one, -.one, Field(2 as UInt64), -Field(2 as UInt64)]
      let all = edges + (0..<20).map { _ in Field.random(using: &generator) }
      for left in all {
        for right in all {
          guard let a = Residue<M>(bytes: left.bytes), let b = Residue<M>(bytes: right.bytes) else {
            Issue.record("an element is an element")
            return
          }
          #expect((a + b).bytes == (left + right).bytes)
          #expect((a - b).bytes == (left - right).bytes)
          #expect((a * b).bytes == (left * right).bytes)
        }
      }
    }
    check(ScalarField.self, ModulusR.self)
    check(BaseField.self, ModulusQ.self)
  }

  @Test("Oracle: compressed points, those of other x refused")
  func points() {
    var generator = SeededGenerator(seed: 4)
    func check<First: Algebra.Curve, Second: PlainVerifier.Curve>(_: First.Type, _: Second.Type) {
      for _ in 0..<40 {
        var bytes = First.BaseField.random(using: &generator).bytes
        bytes[31] |= Bool.random(using: &generator) ? 0x80 : 0
        let second = PlainVerifier.Point<Second>(compressed: bytes)
        switch Result(catching: { try AffinePoint<First>(compressed: bytes) }) {
        case .success(let point): #expect(second?.x.bytes == point.x.bytes && second?.y.bytes == point.y.bytes)
        case .failure: #expect(second == nil)
        }
      }
    }
    check(Algebra.BN254.self, PlainVerifier.BN254.self)
    check(Algebra.Grumpkin.self, PlainVerifier.Grumpkin.self)
  }

  @Test("Oracle: the permutations of widths 3 and 8")
  func permutations() throws {
    var generator = SeededGenerator(seed: 5)
    for (first, second) in [
      (Transcript.Poseidon2.width3, PlainVerifier.Poseidon2.width3),
      (Transcript.Poseidon2.width8, PlainVerifier.Poseidon2.width8),
    ] {
      for _ in 0..<3 {
        var state = (0..<first.width).map { _ in ScalarField.random(using: &generator) }
        let input = try state.map { try #require(F(bytes: $0.bytes)) }
        first.permute(&state)
        #expect(second.permute(input).map(\.bytes) == state.map(\.bytes))
      }
    }
  }

  @Test("Oracle: the CycleFold circuit and its digest", arguments: [1, 2])
  func cycleFold(chunks: Int) throws {
    let key = try CycleFoldKey(chunkCount: chunks)
    let shape = try PlainVerifier.CycleFoldCircuit.shape(chunks: chunks)
    #expect(shape.bytes == key.shape.bytes)
    let generators = try PlainVerifier.Generators<PlainVerifier.Grumpkin>(key.generators.encoded)
    #expect(PlainKey.digest(shape.bytes, generators.digest) == key.digest)
  }

  @Test("Oracle: vk, which an honest proof's last state holds")
  func keyDigest() async throws {
    let both = try await Fixture.made().ternary
    let map = ProofMap(both.sizes, prompt: 2, output: 2)
    let start = try map.field("vk").start
    #expect(both.plain.digest.bytes == Array(both.proof[start..<start + 32]))
  }

  @Test("Rejects: keys with one flipped byte, by themselves or with the proof they belonged to")
  func damagedKeys() async throws {
    let both = try await Fixture.made().ternary
    let count = both.keyBytes.count
    // The name, the constants, a stop token's number, tables, constraints, generators of either curve.
    for place in [0, 16, 32, 64, 120, 300, count / 40, count / 10, count / 3, count / 2, count - 100] {
      var bytes = both.keyBytes
      bytes[place] ^= 1
      #expect(throws: Refusal.self, "a flip at \(place)") { try PlainKey(bytes).verify(both.proof) }
    }
    for length in [0, 8, 100, count / 2, count - 1] {
      #expect(throws: Refusal.self, "\(length) bytes") { try PlainKey(Array(both.keyBytes[..<length])) }
    }
    #expect(throws: Refusal.self, "a byte more") { try PlainKey(both.keyBytes + [0]) }
  }
}
