/// What this library refuses; every case can say in one sentence what was wrong and what was expected.
public enum LayerFoldError: Error, Equatable, Sendable {
  /// A file that is needed and cannot be read; the sentence names it.
  case missingInput(String)
  /// A model that is malformed or has a feature this version lacks; the sentence names file and tensor.
  case unusableModel(String)
  /// A prompt that is empty, too long or outside the vocabulary, or a request for no token.
  case unusablePrompt(String)
  /// An integer activation that needs more bits than its width; the sentence names layer and tensor.
  case activationOverflow(String)
  /// Sizes that were asked for and that do not fit the model.
  case unusableSizes(String)
  /// Bytes of a key file that are not a key of this version.
  case malformedKey(file: String, reason: String)
  /// A file of another model or another setup than the prover's key.
  case foreignKey(file: String)
  /// A file or folder that cannot be created.
  case cannotCreate(path: String, reason: String)
  /// A file whose contents could not be written completely; nothing is left under its name.
  case writeFailed(path: String, reason: String)
  /// A folder of checkpoints that a run cannot go on from: of another model, other prompts, options or another version, or
  /// damaged.
  case unusableCheckpoint(path: String, reason: String)
  /// A folder that holds the checkpoint of an unfinished run already, after so many steps.
  case unfinishedCheckpoint(path: String, step: Int, isSameRequest: Bool)
  /// A folder of checkpoints that a living process writes to.
  case checkpointInUse(path: String)
  /// Bytes that are not a proof of this version under the verifier's key.
  case malformedProof(reason: String)
  /// A well-formed proof that a check refused.
  case refusedProof(check: String)
  /// A broken promise between parts of this library.
  case internalFailure(String)
}

extension LayerFoldError: CustomStringConvertible {
  /// One sentence for the person who can mend it.
  public var description: String {
    switch self {
    case .missingInput(let sentence), .unusableModel(let sentence), .unusablePrompt(let sentence),
      .activationOverflow(let sentence), .unusableSizes(let sentence):
      return sentence
    case .malformedKey(let file, let reason):
      return "\(file) is not a key of this version: \(reason)."
    case .foreignKey(let file):
      return "\(file) belongs to another model or another setup than prover.key."
    case .cannotCreate(let path, let reason):
      return "\(path) cannot be created: \(reason)."
    case .writeFailed(let path, let reason):
      return "\(path) could not be written: \(reason)."
    case .unusableCheckpoint(let path, let reason):
      return "\(path) holds no checkpoint to go on from: \(reason)."
    case .unfinishedCheckpoint(let path, let step, true):
      return "\(path) holds the unfinished proof of this request, after \(step) steps; resume it, or remove the folder."
    case .unfinishedCheckpoint(let path, let step, false):
      return
        "\(path) holds the unfinished proof of another request, after \(step) steps; expected a new or an empty folder."
    case .checkpointInUse(let path):
      return "\(path) is in use by another process."
    case .malformedProof(let reason):
      return "The proof is not well-formed: \(reason)."
    case .refusedProof(let check):
      return "The proof is not valid: it fails the check of \(check)."
    case .internalFailure(let sentence):
      return "Internal error: \(sentence)."
    }
  }
}
