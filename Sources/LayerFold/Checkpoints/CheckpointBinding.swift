import Crypto

/// What a checkpoint belongs to; it is of no use for anything else.
struct CheckpointBinding: Equatable, Sendable {
  /// The version of the program, which says how randomness is used up.
  let version: String
  /// The model under its setup.
  let model: ModelIdentifier
  /// The digest of all prompts' tokens.
  let prompts: [UInt8]
  /// The digest of what is asked besides the prompts.
  let options: [UInt8]
  /// The number of inferences.
  let inferences: Int

  /// Bytes of a digest.
  static let digestByteCount = SHA256.byteCount

  /// What a checkpoint of these requests belongs to, given the tokens of their prompts.
  init(version: String, model: ModelIdentifier, requests: [InferenceRequest], tokens: [[Int]]) {
    precondition(requests.count == tokens.count, "The tokens of every request.")
    var (prompts, options) = (ByteWriter(), ByteWriter())
    for (request, tokens) in zip(requests, tokens) {
      prompts.write(count: tokens.count)
      for token in tokens { prompts.write(count: token) }
      options.write(UInt64(request.maxNewTokens))
      options.write(UInt8(request.isPromptPrivate ? 1 : 0))
    }
    self.init(
      version: version, model: model, prompts: Array(SHA256.hash(data: prompts.bytes)),
      options: Array(SHA256.hash(data: options.bytes)), inferences: requests.count)
  }

  /// A binding from parts that were read.
  init(version: String, model: ModelIdentifier, prompts: [UInt8], options: [UInt8], inferences: Int) {
    self.version = version
    self.model = model
    self.prompts = prompts
    self.options = options
    self.inferences = inferences
  }

  /// Why a checkpoint of `self` cannot be used for `request`, or nil.
  func difference(from request: CheckpointBinding) -> String? {
    if version != request.version { return "it is of version \(version) of this program, which is \(request.version)" }
    if model != request.model { return "it is of another model or another setup than prover.key" }
    if prompts != request.prompts || inferences != request.inferences { return "it is of other prompts" }
    if options != request.options {
      return "it is of other options, numbers of new tokens or the choice of private prompts"
    }
    return nil
  }
}
