import Foundation
import LayerFold
import PlainVerifier
import Testing

/// One key's two verifiers, and proofs under it.
struct BothVerifiers: Sendable {
  /// The bytes of verifier.key.
  let keyBytes: [UInt8]
  /// Sizes of the circuits.
  let sizes: CircuitSizes
  /// The first verifier.
  let fast: Verifier
  /// The second one.
  let plain: PlainKey
  /// The model id of the prover's key.
  let modelIdentifier: String
  /// An honest proof.
  let proof: [UInt8]

  /// Writes the key of a prover to a file and lets both verifiers read it.
  init(_ key: ProverKey, proof: Proof, in folder: URL) throws {
    let file = folder.appending(path: "\(UUID().uuidString).key")
    try key.verifierKey().write(to: file)
    keyBytes = try Array(Data(contentsOf: file))
    let verifierKey = try VerifierKey(contentsOf: file)
    sizes = verifierKey.sizes
    fast = Verifier(key: verifierKey)
    plain = try PlainKey(keyBytes)
    modelIdentifier = "\(key.identifier)"
    self.proof = proof.bytes
  }

  /// Requires that both verifiers accept, or that both refuse.
  func expect(
    accepted: Bool, _ bytes: [UInt8], _ what: String, sourceLocation: SourceLocation = #_sourceLocation
  ) {
    let first = Outcome { _ = try fast.verify(Proof(bytes: bytes)) }
    let second = Outcome { _ = try plain.verify(bytes) }
    #expect(first.isAccepted == accepted, "\(what), first: \(first)", sourceLocation: sourceLocation)
    #expect(second.isAccepted == accepted, "\(what), second: \(second)", sourceLocation: sourceLocation)
  }
}

/// What became of a verification.
struct Outcome: CustomStringConvertible {
  /// Why it was refused, or nil.
  let refusal: String?
  /// Whether nothing was thrown.
  var isAccepted: Bool { refusal == nil }
  /// The reason, or that there is none.
  var description: String { refusal ?? "accepted" }

  /// The outcome of `body`.
  init(of body: () throws -> Void) {
    do {
      try body()
      refusal = nil
    } catch {
      refusal = "\(error)"
    }
  }
}

/// The smallest models there are, and proofs of them, made once for all tests.
struct Fixture: Sendable {
  /// A model of 16-bit weights under a secret setup, with a proof of two texts, the second prompt being private.
  let secret: BothVerifiers
  /// A ternary model under a public setup, with a proof of one text.
  let ternary: BothVerifiers
  /// A proof under the ternary model's key whose claim has another last token, compressed like an honest one.
  let falseClaim: [UInt8]

  /// The requests of the secret model's proof.
  static let requests = [
    InferenceRequest(prompt: .tokens([0, 70, 7]), maxNewTokens: 2),
    InferenceRequest(prompt: .tokens([0, 5]), maxNewTokens: 3, isPromptPrivate: true),
  ]
  /// The request of the ternary model's proof.
  static let request = InferenceRequest(prompt: .tokens([0, 42]), maxNewTokens: 2)

  private static let making = Task {
    let folder = FileManager.default.temporaryDirectory.appending(path: "layerfold-plain-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    // A folder that cannot be removed is left to the system.
    defer { _ = Result { try FileManager.default.removeItem(at: folder) } }
    let plainModel = try model(named: "plain", isTernary: false, in: folder)
    let secretKey = try ProverKey.setup(model: plainModel, maxTokens: 8, chunkLog: 15)
    var batch = try ProvingRun(key: secretKey, inferences: requests.count)
    for (index, request) in requests.enumerated() { try batch.absorb(request, index: index) }
    try batch.close()
    let ternaryModel = try model(named: "ternary", isTernary: true, in: folder)
    let ternaryKey = try ProverKey.setup(
      model: ternaryModel, maxTokens: 8, chunkLog: 15, blinding: .derivedFromWeights)
    var single = try ProvingRun(key: ternaryKey, inferences: 1)
    try single.absorb(request, index: 0)
    try single.close()
    var lying = single
    lying.claims[0].outputTokens[lying.claims[0].outputTokens.count - 1] ^= 2
    return Fixture(
      secret: try BothVerifiers(secretKey, proof: batch.compress(), in: folder),
      ternary: try BothVerifiers(ternaryKey, proof: single.compress(), in: folder),
      falseClaim: try lying.compress().bytes)
  }

  /// The fixture; proves at the first call.
  static func made() async throws -> Fixture { try await making.value }

  private static func model(named name: String, isTernary: Bool, in folder: URL) throws -> URL {
    var shape: [String: Any] = [
      "model_type": "llama", "architectures": ["LlamaForCausalLM"], "hidden_act": "silu", "hidden_size": 8,
      "intermediate_size": 8, "num_hidden_layers": 1, "num_attention_heads": 2, "num_key_value_heads": 1,
      "head_dim": 4, "vocab_size": 258, "max_position_embeddings": 16, "rms_norm_eps": 1e-5, "rope_theta": 10000.0,
      "tie_word_embeddings": false, "bos_token_id": 0, "eos_token_id": 1,
    ]
    if isTernary {
      shape["quantization_config"] =
        [
          "quant_method": "bitnet", "linear_class": "autobitlinear", "quantization_mode": "offline",
          "modules_to_not_convert": ["lm_head"],
        ] as [String: Any]
    }
    let config = folder.appending(path: "\(name).json")
    try JSONSerialization.data(withJSONObject: shape).write(to: config)
    try RandomModel(config: config, seed: 7).write(to: folder.appending(path: name))
    return folder.appending(path: name)
  }
}
