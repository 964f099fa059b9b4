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
}
