public import Foundation

/// What the owner of a model keeps private: its integer weights, their blinding seed and the sizes of the circuits.
///
/// Whoever holds it can generate and prove; the weights can be read off it.
public struct ProverKey: Sendable {
  /// The model, its tokenizer and its length of text.
  let model: TextModel
  /// Expands to the blinders of the weight commitments.
  let seed: BlindingSeed
  /// log2 of the length of a commitment chunk.
  let chunkLog: Int

  /// The name of the key's file in a folder of keys.
  public static let fileName = "prover.key"
  /// Values of `chunkLog` that setup accepts.
  public static let chunkLogs = 10...24

  /// Reads a model in Hugging Face format (config.json, model.safetensors, tokenizer.json), quantises it and commits its
  /// weights.
  ///
  /// - Parameters:
  ///   - modelDirectory: the folder of the model.
  ///   - maxTokens: prompt and output together at most; it sizes the circuits.
  ///   - chunkLog: log2 of the length of a commitment chunk, in `chunkLogs`; nil chooses one.
  ///   - blinding: whether the model identifier hides the weights.
  /// - Throws: `missingInput`, `unusableModel` or `unusableSizes`.
  public static func setup(
    modelDirectory: URL, maxTokens: Int, chunkLog: Int? = nil, blinding: WeightBlinding = .secret
  ) throws -> ProverKey {
    let model = try TextModel(directory: modelDirectory, maxTokens: maxTokens)
    var generator = SystemRandomNumberGenerator()
    let seed =
      switch blinding {
      case .secret: BlindingSeed(using: &generator)
      case .derivedFromWeights: BlindingSeed(derivedFrom: model)
      }
    return ProverKey(model: model, seed: seed, chunkLog: chunkLog ?? 16)
  }

  /// The greedy continuation of a prompt, ending after the first stop token, without a proof.
  ///
  /// - Throws: `unusablePrompt` or `activationOverflow`.
  public func generate(_ prompt: Prompt, maxNewTokens: Int) throws -> Continuation {
    try model.generate(prompt, maxNewTokens: maxNewTokens)
  }
}
