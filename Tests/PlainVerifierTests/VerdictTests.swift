import LayerFold
import PlainVerifier
import Testing

@Suite("The plain verifier accepts", .serialized) struct VerdictTests {
  @Test("RoundTrip: two texts of a 16-bit model in one proof, one prompt private, under a secret setup")
  func batch() async throws {
    let both = try await Fixture.made().secret
    let first = try both.fast.verify(Proof(bytes: both.proof))
    let second = try both.plain.verify(both.proof, modelIdentifier: both.modelIdentifier)
    #expect(second.modelIdentifier == both.modelIdentifier && "\(first.modelIdentifier)" == both.modelIdentifier)
    #expect(second.claims.map(\.promptTokens) == [[0, 70, 7], []])
    #expect(second.claims.map(\.promptLength) == first.inferences.map(\.promptLength))
    #expect(second.claims.map(\.outputTokens) == first.inferences.map(\.outputTokens))
    #expect(second.claims.map(\.requested) == [2, 3])
    #expect(second.claims.map(\.isPrivate) == [false, true])
  }

  @Test("RoundTrip: one text of a ternary model under a public setup")
  func single() async throws {
    let both = try await Fixture.made().ternary
    let first = try both.fast.verify(Proof(bytes: both.proof))
    let second = try both.plain.verify(both.proof)
    #expect(second.modelIdentifier == both.modelIdentifier)
    #expect(second.claims.map(\.promptTokens) == first.inferences.map(\.promptTokens))
    #expect(second.claims.map(\.outputTokens) == first.inferences.map(\.outputTokens))
    #expect(throws: Refusal.refused("the model id")) {
      try both.plain.verify(both.proof, modelIdentifier: String(both.modelIdentifier.reversed()))
    }
  }
  /// What Docs/Security.md counts: a field that is added to a proof has to be added to its argument.
  @Test("Laws: a proof shows as many points and elements as are accounted for") func counts() async throws {
    for both in [try await Fixture.made().ternary, try await Fixture.made().secret] {
      let sizes = both.sizes
      let (chunks, input) = (sizes.chunks.reduce(0, +), sizes.chunks[0])
      let (e, n, k) = (sizes.rowLog, sizes.claimLog, sizes.chunkLog)
      let cycle = try #require((1...30).first { 1 << $0 >= 194 + 779 * chunks })
      let map = ProofMap(sizes, prompt: 0, output: 0)
      func count(_ content: ProofMap.Content) -> Int {
        map.fields.filter { $0.content == content }.reduce(0) { $0 + $1.count }
      }
      #expect(count(.points) == 5 * chunks + 2 * k + 2 * cycle - 2)
      // The salt of a listed prompt is one more.
      #expect(count(.scalars) == 8 * e + 7 * n + 2 * k + 2 * input + 50 + 1)
      #expect(count(.coordinates) == 6 * chunks + 5 * cycle + 15)
    }
    let both = try await Fixture.made().ternary
    #expect(ProofMap(both.sizes, prompt: 2, output: 2).end == both.proof.count)
  }
}
