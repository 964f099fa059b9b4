import Foundation
import LayerFold
import Testing

/// A small Qwen2: query, key and value have biases.
@Suite("Models with biases", .serialized) struct BiasTests {
  private struct Setup: Sendable {
    let key: ProverKey
    let verifierKey: VerifierKey
    let continuation: Continuation
    let proof: Proof
    /// Of the model with one other bias.
    let other: ProverKey
  }

  private static let making = Task {
    let folder = try TemporaryFolder()
    let config = folder.url.appending(path: "qwen2.json")
    let shape: [String: Any] = [
      "model_type": "qwen2", "architectures": ["Qwen2ForCausalLM"], "hidden_act": "silu", "hidden_size": 24,
      "intermediate_size": 40, "num_hidden_layers": 2, "num_attention_heads": 4, "num_key_value_heads": 2,
      "vocab_size": 260, "max_position_embeddings": 32, "rms_norm_eps": 1e-6, "rope_theta": 1e6,
      "tie_word_embeddings": true, "bos_token_id": 0, "eos_token_id": 1,
    ]
    try JSONSerialization.data(withJSONObject: shape).write(to: config)
    let model = folder.url.appending(path: "model")
    try RandomModel(config: config, seed: 11).write(to: model)
    let key = try ProverKey.setup(model: model, maxTokens: 8, blinding: .derivedFromWeights)
    let (proof, continuations) = try await Fixture.prove([request], with: key)
    try changeBias(in: model.appending(path: "model.safetensors"))
    let other = try ProverKey.setup(model: model, maxTokens: 8, blinding: .derivedFromWeights)
    return Setup(
      key: key, verifierKey: try key.verifierKey(), continuation: try #require(continuations.first), proof: proof,
      other: other)
  }

  private static let request = InferenceRequest(prompt: .tokens([0, 42, 79]), maxNewTokens: 3)

  /// Changes the last bit of one bias in a file of weights.
  private static func changeBias(in file: URL) throws {
    var bytes = try Data(contentsOf: file)
    let start = 8 + bytes.prefix(8).reversed().reduce(0) { $0 << 8 | Int($1) }
    let header = try #require(try JSONSerialization.jsonObject(with: bytes[8..<start]) as? [String: [String: Any]])
    let offsets = try #require(header["model.layers.1.self_attn.v_proj.bias"]?["data_offsets"] as? [Int])
    bytes[start + offsets[0] + 6] ^= 1
    try bytes.write(to: file)
  }

  @Test("RoundTrip: a proof verifies under the verifier's key; keys are written and read")
  func proof() async throws {
    let setup = try await Self.making.value
    let verdict = try Verifier(key: setup.verifierKey).verify(setup.proof)
    #expect(verdict.modelIdentifier == setup.key.identifier)
    #expect(verdict.inferences.map(\.outputTokens) == [setup.continuation.outputTokens])
    let folder = try TemporaryFolder()
    try setup.key.write(to: folder.url)
    let read = try ProverKey(contentsOf: folder.url)
    #expect(read.identifier == setup.key.identifier)
    try read.check(against: VerifierKey(contentsOf: folder.url.appending(path: VerifierKey.fileName)))
    let again = try read.generate(.tokens([0, 42, 79]), maxNewTokens: 3)
    #expect(
      again.outputTokens == setup.continuation.outputTokens && again.finalLogits == setup.continuation.finalLogits)
  }

  /// The head is last, and before it the 48 biases of the last layer: 24 of queries, 12 of keys, 12 of values.
  private func prover(_ key: ProverKey, _ change: (inout [Int16]) -> Void) throws -> ProverKey {
    let folder = try TemporaryFolder()
    try key.write(to: folder.url)
    let file = folder.url.appending(path: ProverKey.fileName)
    var bytes = try Data(contentsOf: file)
    let start = bytes.count - 2 * 260 * 24 - 2 * 48
    var biases = (0..<48).map {
      Int16(truncatingIfNeeded: Int(bytes[start + 2 * $0]) | Int(bytes[start + 2 * $0 + 1]) << 8)
    }
    let honest = biases
    change(&biases)
    #expect(biases != honest)
    for (place, bias) in biases.enumerated() {
      bytes[start + 2 * place] = UInt8(truncatingIfNeeded: bias)
      bytes[start + 2 * place + 1] = UInt8(truncatingIfNeeded: bias >> 8)
    }
    try bytes.write(to: file)
    return try ProverKey(contentsOf: folder.url)
  }

  @Test("Rejects: under the committed weights, another bias, none, or that of another channel makes no proof")
  func falseBiases() async throws {
    let setup = try await Self.making.value
    let changes: [(String, (inout [Int16]) -> Void)] = [
      ("another", { $0[30] += 1 }), ("none", { $0 = $0.map { _ in 0 } }),
      ("of another channel", { $0 = Array($0[1..<24]) + [$0[0]] + $0[24...] }),
    ]
    for (what, change) in changes {
      let key = try prover(setup.key, change)
      await #expect(throws: LayerFoldError.self, "\(what)") {
        try await Fixture.prove([InferenceRequest(prompt: .tokens([0, 42, 79]), maxNewTokens: 1)], with: key)
      }
    }
  }

  @Test("Laws: a model with one other bias has the same circuits and another identifier, which its proofs state")
  func otherModel() async throws {
    let setup = try await Self.making.value
    #expect(setup.other.identifier != setup.key.identifier)
    let proof = try await Fixture.prove([Self.request], with: setup.other).proof
    let verdict = try Verifier(key: setup.verifierKey).verify(proof)
    #expect(verdict.modelIdentifier == setup.other.identifier)
  }

  @Test("Rejects: the proof under the key of a model without biases")
  func withoutBiases() async throws {
    let setup = try await Self.making.value
    let fixture = try await Fixture.made()
    #expect(throws: LayerFoldError.self) { try Verifier(key: fixture.verifierKey).verify(setup.proof) }
    #expect(throws: LayerFoldError.self) { try Verifier(key: setup.verifierKey).verify(fixture.proof) }
  }
}
