import Algebra
import Arguments
import Circuits
import Folding
public import Foundation
import Model

/// What the owner of a model keeps private: its integer weights, their commitments and the seed that blinds them.
///
/// Whoever holds it can generate and prove; the weights can be read off it.
public struct ProverKey: Sendable {
  /// The model, its tokenizer and its length of text.
  let model: TextModel
  /// Expands to the blinders of the weight commitments.
  let seed: BlindingSeed
  /// log2 of the length of a commitment chunk.
  let chunkLog: Int
  /// The commitments to the weights.
  let weights: WeightCommitments
  /// The digest of the verification key, vk.
  let keyDigest: ScalarField
  /// Circuits and generators, if they have been built already.
  private let built: RecursionKey?
  /// Where the public part of the key was kept beside this one, if anywhere.
  private let verifierFile: URL?

  /// The name of the key's file in a folder of keys.
  public static let fileName = "prover.key"
  /// The name of the file with the model's identifier in a folder of keys.
  public static let identifierFileName = "model-id.txt"
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
    let chosen = try chunkLog ?? model.constants.preferredChunkLog()
    guard chunkLogs.contains(chosen) else {
      throw LayerFoldError.unusableSizes(
        "Chunks of 2^\(chosen) entries were asked for; expected 2^\(chunkLogs.lowerBound) to 2^\(chunkLogs.upperBound)."
      )
    }
    return try ProverKey(model: model, seed: seed, recursion: model.constants.recursionKey(chunkLog: chosen))
  }

  /// Commits to the weights of a model under built circuits.
  private init(model: TextModel, seed: BlindingSeed, recursion: RecursionKey) throws {
    self.model = model
    self.seed = seed
    chunkLog = recursion.sizes.layout.chunkLog
    weights = try WeightCommitments(of: model.quantized, under: recursion, seed: seed)
    keyDigest = recursion.digest
    built = recursion
    verifierFile = nil
  }

  /// A key from parts that were read; its circuits are made when they are needed.
  init(
    model: TextModel, seed: BlindingSeed, weights: WeightCommitments,
    verification: (chunkLog: Int, digest: ScalarField),
    verifierFile: URL?
  ) {
    self.model = model
    self.seed = seed
    self.weights = weights
    chunkLog = verification.chunkLog
    keyDigest = verification.digest
    built = nil
    self.verifierFile = verifierFile
  }

  /// The public name of the model under this setup.
  public var identifier: ModelIdentifier {
    ModelIdentifier(keyDigest: keyDigest, weightChain: weights.chain)
  }

  /// The public part, for those who verify; builds the circuits if that has not been done.
  ///
  /// - Throws: `malformedKey` if the key's digest is not that of its circuits, `foreignKey` if the folder it was read from
  ///   holds the verifier's key of another setup.
  public func verifierKey() throws -> VerifierKey {
    try VerifierKey(constants: model.constants, recursion: recursionKey())
  }

  /// The greedy continuation of a prompt, ending after the first stop token, without a proof.
  ///
  /// - Throws: `unusablePrompt` or `activationOverflow`.
  public func generate(_ prompt: Prompt, maxNewTokens: Int) throws -> Continuation {
    try model.generate(prompt, maxNewTokens: maxNewTokens)
  }

  /// Circuits and generators: those setup has just built, or read from the verifier's key in the same folder, or built
  /// again from the constants, which takes seconds.
  ///
  /// - Throws: `foreignKey` if the verifier's key is of another setup, `malformedKey` if this key is inconsistent.
  func recursionKey() throws -> RecursionKey {
    if let built { return built }
    if let verifierFile, FileManager.default.fileExists(atPath: verifierFile.path) {
      let verifier = try VerifierKey(contentsOf: verifierFile)
      guard verifier.verification.digest == keyDigest else {
        throw LayerFoldError.foreignKey(file: verifierFile.relativePath)
      }
      return try checked(verifier.recursionKey())
    }
    return try rebuiltRecursionKey()
  }

  /// Circuits and generators, built from the constants; throws `malformedKey` if they are not those of this key.
  func rebuiltRecursionKey() throws -> RecursionKey {
    try checked(model.constants.recursionKey(chunkLog: chunkLog))
  }

  private func checked(_ key: RecursionKey) throws -> RecursionKey {
    guard key.digest == keyDigest, weights.steps.allSatisfy({ $0.points.count == key.sizes.order.weights.count }) else {
      throw LayerFoldError.malformedKey(file: Self.fileName, reason: "its digest is not that of its circuits")
    }
    return key
  }
}
