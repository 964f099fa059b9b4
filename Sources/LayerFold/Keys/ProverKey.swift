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
  /// Tensors that setup found and that no LLaMA has, ascending; none for a key that was read.
  public let ignoredTensors: [String]
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

  /// Reads a model, quantises it and commits its weights.
  ///
  /// - Parameters:
  ///   - model: a folder in Hugging Face format (config.json, model.safetensors or its shards, tokenizer.json), or a GGUF
  ///     file.
  ///   - maxTokens: prompt and output together at most; it sizes the circuits.
  ///   - chunkLog: log2 of the length of a commitment chunk, in `chunkLogs`; nil chooses one.
  ///   - blinding: whether the model identifier hides the weights.
  ///   - calibration: a text whose activations are to fit the widths, besides those that calibration chooses itself.
  /// - Throws: `missingInput`, `unusableModel`, `unusablePrompt` for calibration tokens outside the vocabulary, or
  ///   `unusableSizes`.
  public static func setup(
    model files: URL, maxTokens: Int, chunkLog: Int? = nil, blinding: WeightBlinding = .secret,
    calibration: TokenText? = nil
  ) throws -> ProverKey {
    let (model, ignored) = try TextModel.read(files, maxTokens: maxTokens, calibration: calibration)
    var generator = SystemRandomNumberGenerator()
    let seed =
      switch blinding {
      case .secret: BlindingSeed(using: &generator)
      case .derivedFromWeights: BlindingSeed(derivedFrom: model)
      }
    let chosen = try model.constants.chunkLog(chunkLog)
    try model.constants.checkSizes(chunkLog: chosen)
    let recursion = try model.constants.recursionKey(chunkLog: chosen)
    try KeyLimits.check(chunks: recursion.sizes.order.total, rowsLog: recursion.sizes.errorLog)
    return try ProverKey(model: model, seed: seed, recursion: recursion, ignoredTensors: ignored)
  }

  /// Commits to the weights of a model under built circuits.
  private init(model: TextModel, seed: BlindingSeed, recursion: RecursionKey, ignoredTensors: [String]) throws {
    self.model = model
    self.ignoredTensors = ignoredTensors
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
    ignoredTensors = []
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

  /// Where the blinders of the weight commitments come from.
  public var blinding: WeightBlinding { seed.origin }

  /// The public part, for those who verify; builds the circuits if that has not been done.
  ///
  /// - Throws: `malformedKey` if the key's digest is not that of its circuits, `foreignKey` if the folder it was read from
  ///   holds the verifier's key of another setup.
  public func verifierKey() throws -> VerifierKey {
    try VerifierKey(constants: model.constants, recursion: recursionKey(), of: model)
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
      let verifier = try VerifierKey(contentsOf: verifierFile, of: model)
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
