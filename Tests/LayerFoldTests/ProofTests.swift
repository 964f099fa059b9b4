import Foundation
import LayerFold
import Support
import Testing

@Suite("Proofs of two texts", .serialized) struct ProofTests {
  @Test("RoundTrip: a proof read from a file convinces a verifier that read its key from a file")
  func verifies() async throws {
    let fixture = try await Fixture.made()
    let folder = try TemporaryFolder()
    let (proofFile, keyFile) = (folder.url.appending(path: "proof"), folder.url.appending(path: "key"))
    try fixture.proof.write(to: proofFile)
    try fixture.verifierKey.write(to: keyFile)
    let verdict = try Verifier(key: VerifierKey(contentsOf: keyFile)).verify(
      Proof(contentsOf: proofFile),
      expecting: ExpectedStatement(
        modelIdentifier: fixture.key.identifier, prompts: Fixture.requests.map(\.prompt)))
    #expect(verdict.modelIdentifier == fixture.key.identifier)
    #expect(verdict.steps == 2 * 7 + 1)
    #expect(verdict.inferences.map(\.promptTokens) == fixture.continuations.map(\.promptTokens))
    #expect(verdict.inferences.map(\.outputTokens) == fixture.continuations.map(\.outputTokens))
    #expect(verdict.inferences.map(\.text) == fixture.continuations.map(\.text))
    #expect(verdict.inferences.allSatisfy { $0.isComplete })
  }

  @Test("Rejects: another model id, other prompts, prompts in another order, too few, too many")
  func expectations() async throws {
    let fixture = try await Fixture.made()
    let verifier = Verifier(key: fixture.verifierKey)
    let other = try #require(ModelIdentifier(bytes: fixture.key.identifier.bytes.map { $0 ^ 1 }))
    let prompts = Fixture.requests.map(\.prompt)
    func refused(_ expectation: ExpectedStatement, _ check: String) {
      #expect(throws: LayerFoldError.refusedProof(check: check)) {
        try verifier.verify(fixture.proof, expecting: expectation)
      }
    }
    refused(ExpectedStatement(modelIdentifier: other), "the model id")
    refused(ExpectedStatement(prompts: prompts.reversed()), "the prompt")
    refused(ExpectedStatement(prompts: [prompts[0], "Another"]), "the prompt")
    refused(ExpectedStatement(prompts: [prompts[0]]), "the number of prompts")
    refused(ExpectedStatement(prompts: prompts + ["More"]), "the number of prompts")
    refused(ExpectedStatement(prompts: []), "the number of prompts")
    refused(ExpectedStatement(maxNewTokens: 99), "the requested number of tokens")
  }

  @Test("Rejects: every flipped bit, wherever it is", .timeLimit(.minutes(10)))
  func flips() async throws {
    let fixture = try await Fixture.made()
    let verifier = Verifier(key: fixture.verifierKey)
    var generator = SeededGenerator(seed: 35)
    let count = fixture.proof.bytes.count
    let places = Array(0..<100) + (0..<150).map { _ in Int.random(in: 100..<count, using: &generator) } + [count - 1]
    var checks: Set<String> = []
    for place in places {
      var bytes = fixture.proof.bytes
      bytes[place] ^= 1 << UInt8.random(in: 0..<8, using: &generator)
      do {
        _ = try verifier.verify(Proof(bytes: bytes))
        Issue.record("a flip at byte \(place) was accepted")
      } catch let error as LayerFoldError {
        checks.insert(error.description)
      }
    }
    // Flips reach checks of every layer: the file, the claims, the recursion, the compression.
    #expect(checks.count > 10)
  }

  @Test("Rejects: truncations, extensions and random bytes")
  func otherLengths() async throws {
    let fixture = try await Fixture.made()
    let verifier = Verifier(key: fixture.verifierKey)
    let bytes = fixture.proof.bytes
    var generator = SeededGenerator(seed: 36)
    func refuse(_ forged: [UInt8]) {
      do {
        _ = try verifier.verify(Proof(bytes: forged))
        Issue.record("\(forged.count) bytes were accepted")
      } catch LayerFoldError.malformedProof {
      } catch {
        Issue.record("\(forged.count) bytes: \(error)")
      }
    }
    for length in Array(0..<120) + (0..<100).map({ _ in Int.random(in: 0..<bytes.count, using: &generator) }) {
      refuse(Array(bytes.prefix(length)))
    }
    for extra in [1, 2, 31, 32, 1000] {
      refuse(bytes + [UInt8](repeating: 0, count: extra))
      refuse(bytes + (0..<extra).map { _ in UInt8.random(in: .min ... .max, using: &generator) })
    }
    for _ in 0..<100 {
      let length = Int.random(in: 0..<2 * bytes.count, using: &generator)
      refuse((0..<length).map { _ in UInt8.random(in: .min ... .max, using: &generator) })
      refuse(Array(bytes.prefix(12)) + (0..<length).map { _ in UInt8.random(in: .min ... .max, using: &generator) })
    }
  }

  @Test("Rejects: claims that break a rule anybody can see")
  func visibleRules() async throws {
    let fixture = try await Fixture.made()
    let verifier = Verifier(key: fixture.verifierKey)
    // The first claim: 3 counts, a nonce of 32 bytes, 8 + 4 tokens of 4 bytes, from byte 12 on.
    func refused(_ check: String, _ change: (inout [UInt8]) -> Void) {
      var bytes = fixture.proof.bytes
      change(&bytes)
      #expect(throws: LayerFoldError.refusedProof(check: check)) { try verifier.verify(Proof(bytes: bytes)) }
    }
    let tokens = 12 + 12 + 32
    refused("tokens in the vocabulary") { $0[tokens + 1] = 2 }
    refused("the length of text the key allows") { $0[12 + 8] = 9 }
    refused("no text after a stop token") { $0.replaceSubrange(tokens + 32..<tokens + 36, with: [1, 0, 0, 0]) }
    // Nobody compressed these claims; `CheatingStatementTests` compresses false ones.
    let compression = "the running instances' constraints, claims and openings"
    refused(compression) { $0[12 + 8] = 5 }
    refused(compression) { $0[12 + 12] ^= 1 }
    refused(compression) { $0[tokens] ^= 1 }
    refused(compression) { $0[tokens + 44] ^= 1 }
  }

  @Test("Rejects: a proof under another setup's key, public or secret")
  func otherKey() async throws {
    let fixture = try await Fixture.made()
    let other = try ProverKey.setup(model: Fixture.model, maxTokens: 15)
    #expect(other.identifier != fixture.key.identifier)
    #expect(throws: LayerFoldError.self) { try Verifier(key: other.verifierKey()).verify(fixture.proof) }
  }
}
