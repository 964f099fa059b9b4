import LayerFold
import PlainVerifier
import Support
import Testing

@Suite("Both verifiers refuse", .serialized) struct TamperingTests {
  /// An honest proof of one text and its map.
  private static func honest() async throws -> (both: BothVerifiers, map: ProofMap) {
    let both = try await Fixture.made().ternary
    let claim = try #require(try Proof(bytes: both.proof).claimedInferences().first)
    let map = ProofMap(both.sizes, prompt: claim.promptTokens.count, output: claim.outputTokens.count)
    try #require(map.end == both.proof.count)
    return (both, map)
  }

  @Test("Rejects: one flipped bit in every field of the format", .timeLimit(.minutes(5)))
  func flips() async throws {
    let (both, map) = try await Self.honest()
    var generator = SeededGenerator(seed: 77)
    for field in map.fields {
      var bytes = both.proof
      // A bit low enough for most elements to stay below their modulus.
      let place = field.word(.random(in: 0..<field.count, using: &generator))
      bytes[place + .random(in: 0..<(field.wordLength - 1), using: &generator)] ^=
        1 << UInt8.random(in: 0..<8, using: &generator)
      both.expect(accepted: false, bytes, "a flip in \(field.name)")
    }
  }

  @Test("Rejects: elements that are too large by their modulus")
  func encodings() async throws {
    let (both, map) = try await Self.honest()
    for field in map.fields {
      let modulus: [UInt8]
      switch field.content {
      case .counts, .points: continue
      case .scalars: modulus = (F(-1)).bytes
      case .coordinates: modulus = (Fq(-1)).bytes
      }
      var (bytes, carry) = (both.proof, 1)
      for (place, byte) in modulus.enumerated() {
        let sum = Int(bytes[field.start + place]) + Int(byte) + carry
        bytes[field.start + place] = UInt8(sum & 255)
        carry = sum >> 8
      }
      try #require(carry == 0)
      both.expect(accepted: false, bytes, "\(field.name) plus its modulus")
    }
  }

  @Test("Rejects: points replaced by infinity, by zeros, by their opposites, by others")
  func points() async throws {
    let (both, map) = try await Self.honest()
    for field in map.fields where field.content == .points {
      let word = field.start..<field.start + 32
      for filler in [0, 255] as [UInt8] {
        var bytes = both.proof
        bytes.replaceSubrange(word, with: [UInt8](repeating: filler, count: 32))
        both.expect(accepted: false, bytes, "\(field.name) filled with \(filler)")
      }
    }
    for name in ["the last step's segment 3", "commitments 1", "commitments 3", "W^, E^", "M, second"] {
      var bytes = both.proof
      bytes[try map.field(name).start + 31] ^= 0x80
      both.expect(accepted: false, bytes, "the opposite of \(name)")
    }
    for name in ["the last step's segment 4", "commitments 0", "W^, E^", "L, R, first"] {
      var bytes = both.proof
      let start = try map.field(name).start
      for place in start..<start + 32 { bytes.swapAt(place, place + 32) }
      both.expect(accepted: false, bytes, "two points of \(name) exchanged")
    }
  }

  @Test("Rejects: other claims")
  func claims() async throws {
    let fixture = try await Fixture.made()
    let (both, map) = try await Self.honest()
    func refuse(_ what: String, _ change: (inout [UInt8]) throws -> Void) rethrows {
      var bytes = both.proof
      try change(&bytes)
      both.expect(accepted: false, bytes, what)
    }
    let output = try map.field("output tokens").start
    refuse("a token beyond the vocabulary") { $0[output + 1] = 2 }
    refuse("a stop token before the last one") { $0.replaceSubrange(output..<output + 4, with: [1, 0, 0, 0]) }
    try refuse("a text that is too long") { $0[try map.field("requested number").start] = 7 }
    try refuse("fewer tokens asked for than given") { $0[try map.field("requested number").start] = 1 }
    try refuse("a private prompt with tokens") { $0[try map.field("prompt tokens' number").start + 3] = 128 }
    try refuse("a longer prompt") { bytes in
      bytes[try map.field("prompt tokens' number").start] += 1
      bytes[try map.field("output tokens' number").start] -= 1
    }
    try refuse("no claims") { bytes in
      bytes[8] = 0
      bytes.removeSubrange(12..<(try map.field("h_w at the end").start))
    }
    try refuse("a claim twice") { bytes in
      bytes[8] = 2
      bytes.insert(contentsOf: Array(bytes[12..<(try map.field("h_w at the end").start)]), at: 12)
    }
    // Compressed together with the rest: nothing but the statement chain tells.
    #expect(throws: LayerFoldError.refusedProof(check: "statement chain")) {
      try both.fast.verify(Proof(bytes: fixture.falseClaim))
    }
    #expect(throws: Refusal.refused("the statement chain")) { try both.plain.verify(fixture.falseClaim) }
  }

  @Test("Rejects: truncations, bytes behind the end, other names")
  func lengths() async throws {
    let (both, map) = try await Self.honest()
    let lengths = [0, 7, 11] + map.fields.map(\.start) + [map.end - 32, map.end - 1]
    for length in lengths { both.expect(accepted: false, Array(both.proof[..<length]), "\(length) bytes") }
    for extra in [1, 32] {
      both.expect(accepted: false, both.proof + [UInt8](repeating: 0, count: extra), "\(extra) bytes more")
    }
    var bytes = both.proof
    bytes[7] = UInt8(ascii: "1")
    both.expect(accepted: false, bytes, "another version")
  }

  @Test("Rejects: proofs under another model's key")
  func otherKeys() async throws {
    let fixture = try await Fixture.made()
    fixture.secret.expect(accepted: false, fixture.ternary.proof, "the ternary proof under the other key")
    fixture.ternary.expect(accepted: false, fixture.secret.proof, "the other proof under the ternary key")
  }
}
