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
}
