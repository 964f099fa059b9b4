import Algebra
import Commitment
import Support
import Testing

/// Blinders are never zero, whatever a generator gives.
@Suite("Blinders") struct BlinderTests {
  @Test("Laws: blinders of chunks are not zero, even where the generator gives zeros first")
  func chunks() {
    var zeros = ZerosFirst(count: 100, seed: 90)
    let blinders = ChunkBlinders<ScalarField>.random(count: 5, using: &zeros)
    #expect(blinders.values.count == 5 && Set(blinders.values).count == 5)
    #expect(blinders.values.allSatisfy { !$0.isZero })
    var others = ZerosFirst(count: 100, seed: 91)
    #expect(!BaseField.randomNonzero(using: &others).isZero)
    // What may be zero takes the zeros as they come.
    var same = ZerosFirst(count: 100, seed: 90)
    #expect(ScalarField.random(using: &same).isZero)
  }

  @Test(
    "Laws: the blinders of an opening are not zero and none occurs twice, even where the generator gives zeros first")
  func openings() throws {
    var zeros = ZerosFirst(count: 100, seed: 92)
    let randomness = InnerProductArgument<BN254>.Randomness(variables: 9, using: &zeros)
    var found: [ScalarField] = []
    for child in Mirror(reflecting: randomness).children {
      if let rounds = child.value as? [(left: ScalarField, right: ScalarField)] {
        found += rounds.flatMap { [$0.left, $0.right] }
      }
      if let blinder = child.value as? ScalarField { found.append(blinder) }
    }
    #expect(found.count == 2 * (9 - InnerProductProof<BN254>.finalVariables(9)) + 1)
    #expect(found.allSatisfy { !$0.isZero } && Set(found).count == found.count)
  }
}
