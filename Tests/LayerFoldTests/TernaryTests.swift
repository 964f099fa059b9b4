import Foundation
import LayerFold
import Testing

@Suite("Ternary models", .serialized) struct TernaryTests {
  /// The tiny ternary model among the vectors of the model's tests.
  static let model = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .appending(path: "ModelTests/Vectors/tiny-ternary")

  private struct Setup: Sendable {
    let key: ProverKey
    let verifierKey: VerifierKey
    let continuation: Continuation
    let proof: Proof
  }

  private static let making = Task {
    let key = try ProverKey.setup(model: model, maxTokens: 16, blinding: .derivedFromWeights)
    let request = InferenceRequest(prompt: "In the beginning", maxNewTokens: 4)
    let (proof, continuations) = try await Fixture.prove([request], with: key)
    return Setup(
      key: key, verifierKey: try key.verifierKey(), continuation: try #require(continuations.first), proof: proof)
  }

  @Test("RoundTrip: a proof verifies under the verifier's key, and states what generation gave")
  func proof() async throws {
    let setup = try await Self.making.value
    let verdict = try Verifier(key: setup.verifierKey).verify(setup.proof)
    #expect(verdict.modelIdentifier == setup.key.identifier)
    #expect(verdict.inferences.map(\.outputTokens) == [setup.continuation.outputTokens])
    #expect(setup.continuation == (try setup.key.generate("In the beginning", maxNewTokens: 4)))
  }

  @Test("Rejects: the proof under the keys of another model")
  func otherModel() async throws {
    let setup = try await Self.making.value
    let fixture = try await Fixture.made()
    #expect(throws: LayerFoldError.self) { try Verifier(key: fixture.verifierKey).verify(setup.proof) }
    #expect(throws: LayerFoldError.self) { try Verifier(key: setup.verifierKey).verify(fixture.proof) }
  }

  @Test("RoundTrip: keys written and read again; weights take a byte for five")
  func keys() async throws {
    let setup = try await Self.making.value
    let folder = try TemporaryFolder()
    try setup.key.write(to: folder.url)
    let read = try ProverKey(contentsOf: folder.url)
    #expect(read.identifier == setup.key.identifier)
    try read.check(against: VerifierKey(contentsOf: folder.url.appending(path: VerifierKey.fileName)))
    #expect(try read.generate("In the", maxNewTokens: 3) == setup.key.generate("In the", maxNewTokens: 3))
    // Embedding and head 2 bytes for each of 65,536 weights, layers a byte for five of 226,560; tokenizer and commitments.
    let bytes = try Data(contentsOf: folder.url.appending(path: ProverKey.fileName)).count
    #expect((176_000..<230_000).contains(bytes), "\(bytes) bytes")
  }

  @Test("Rejects: damaged weights, the ternary ones by name")
  func damagedWeights() async throws {
    let setup = try await Self.making.value
    let folder = try TemporaryFolder()
    try setup.key.write(to: folder.url)
    let file = folder.url.appending(path: ProverKey.fileName)
    let bytes = try Data(contentsOf: file)
    // The head is last, 65,536 bytes; before it the last layer, whose gains and multipliers take 271 bytes.
    let end = bytes.count - 65_536 - 271
    for (place, value) in [(end - 3000, UInt8(250)), (end - 5000, 243)] {
      var damaged = bytes
      damaged[place] = value
      try damaged.write(to: file)
      #expect(throws: LayerFoldError.self) { try ProverKey(contentsOf: folder.url) }
    }
    // Another ternary weight, or another multiplier, makes no proof under these commitments.
    for place in [end - 3000, bytes.count - 65_536 - 2] {
      var changed = bytes
      changed[place] = changed[place] == 0 ? 1 : changed[place] - 1
      try changed.write(to: file)
      let key = try ProverKey(contentsOf: folder.url)
      await #expect(throws: LayerFoldError.self) {
        try await Fixture.prove([InferenceRequest(prompt: "In", maxNewTokens: 1)], with: key)
      }
    }
  }
}
