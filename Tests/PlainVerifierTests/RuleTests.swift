import Algebra
import LayerFold
import PlainVerifier
import Testing
import Transcript

/// Rules that the plain verifier checks before the compression, each broken and named; without a rule, another one or the
/// opening would refuse under another name.
@Suite("Rules of the plain verifier", .serialized) struct RuleTests {
  @Test(
    "Rejects: each rule on the recursion's end, by name",
    arguments: [
      ("vk", 0, "vk"), ("phase", 0, "the last step is Final"), ("index", 0, "the number of steps"),
      ("h_w", 0, "h_w after a Head"), ("O^", 32, "O^ after a Head"),
      ("running digests", 0, "digests of running instances"), ("running digests", 96, "digests of running instances"),
      ("commitments 0", 31, "digests of running instances"), ("u 0", 0, "digests of running instances"),
      ("x 1", 0, "digests of running instances"), ("r_E 2", 0, "digests of running instances"),
      ("v_E 3", 0, "digests of running instances"), ("r_Q 3", 32, "digests of running instances"),
      ("v_Q 2", 0, "digests of running instances"), ("CycleFold digest", 0, "digest of the CycleFold instance"),
      ("W^, E^", 31, "digest of the CycleFold instance"), ("W^, E^", 63, "digest of the CycleFold instance"),
      ("u of CycleFold", 0, "digest of the CycleFold instance"), ("IO", 32, "digest of the CycleFold instance"),
      ("tokens digest", 0, "the binding digest"), ("b", 0, "the binding digest"),
      ("the last step's segment 0", 31, "the binding digest"), ("the last step's segment 1", 31, "the binding digest"),
      ("the last step's segment 2", 31, "the binding digest"), ("the last step's segment 3", 31, "the binding digest"),
    ])
  func recursionEnd(field: String, offset: Int, rule: String) async throws {
    let both = try await Fixture.made().ternary
    let map = ProofMap(both.sizes, prompt: 2, output: 2)
    var bytes = both.proof
    // The sign of a point, or the lowest bit of an element.
    bytes[try map.field(field).start + offset] ^= offset % 32 == 31 ? 0x80 : 1
    #expect(throws: Refusal.refused(rule)) { try both.plain.verify(bytes) }
  }

  @Test("Rejects: a last step whose input is not K, with its binding digest; no inference")
  func link() async throws {
    let both = try await Fixture.made().ternary
    let map = ProofMap(both.sizes, prompt: 2, output: 2)
    var bytes = both.proof
    func element(_ name: String) throws -> ScalarField {
      let start = try map.field(name).start
      return try #require(ScalarField(bytes: bytes[start..<start + 32]))
    }
    bytes[try map.field("the last step's segment 0").start + 31] ^= 0x80
    var bound: [ScalarField] = []
    for segment in 0..<4 {
      let field = try map.field("the last step's segment \(segment)")
      for index in 0..<field.count {
        let point = try AffinePoint<Algebra.BN254>(compressed: bytes[field.word(index)..<field.word(index + 1)])
        bound += [ScalarField(reducing: point.x.canonicalLimbs), ScalarField(reducing: point.y.canonicalLimbs)]
      }
    }
    let binding = PoseidonHash.hash(
      tag: "binding", [try element("vk"), try element("phase"), try element("tokens digest")] + bound)
    let start = try map.field("b").start
    bytes.replaceSubrange(start..<start + 32, with: binding.bytes)
    #expect(throws: Refusal.refused("the input of the last step")) { try both.plain.verify(bytes) }

    bytes = both.proof
    let chain = try map.field("statement chain").start
    bytes.replaceSubrange(chain..<chain + 32, with: [UInt8](repeating: 0, count: 32))
    #expect(throws: Refusal.refused("an inference")) { try both.plain.verify(bytes) }
  }

  @Test("Rejects: what anybody sees of claims, by name")
  func claims() async throws {
    let both = try await Fixture.made().ternary
    let map = ProofMap(both.sizes, prompt: 2, output: 2)
    func refused(_ rule: String, _ change: (inout [UInt8]) throws -> Void) throws {
      var bytes = both.proof
      try change(&bytes)
      #expect(throws: Refusal.refused(rule)) { try both.plain.verify(bytes) }
    }
    try refused("tokens of the vocabulary") { $0[try map.field("prompt tokens").start + 1] = 2 }
    try refused("tokens of the vocabulary") { $0[try map.field("output tokens").start + 5] = 2 }
    try refused("the longest text") { $0[try map.field("requested number").start] = 7 }
    try refused("nothing behind a stop token") { bytes in
      let start = try map.field("output tokens").start
      bytes.replaceSubrange(start..<start + 4, with: [1, 0, 0, 0])
    }
  }
}
