import Algebra
import Arguments
import Circuits
import Folding
import Model

/// What everybody may know of a model's setup, and all that verification needs: constants, tokenizer, constraints, sizes
/// and generators. It holds no weights.
public struct VerifierKey: Sendable {
  /// Shape and constants of the model, its length of text, its tokenizer.
  let constants: ModelConstants
  /// Text to tokens and back.
  let tokenizer: Tokenizer
  /// log2 of the size of the largest tensor of any kind, by segment.
  let largestLogs: [Int]
  /// log2 of the number of digits every step keeps for the recursion: what circuits are built from beside the constants.
  let limbsLog: Int
  /// Constraints, sizes, tables and generators.
  let verification: VerificationKey

  /// The name of the key's file in a folder of keys.
  public static let fileName = "verifier.key"

  /// The verifier's part of a recursion's key for a model with these constants.
  init(constants: ModelConstants, recursion: RecursionKey, of model: TextModel? = nil) throws {
    self.constants = constants
    tokenizer = try constants.tokenizer(of: model)
    largestLogs = Segment.allCases.map { segment in
      recursion.circuits.map { $0.step.largestLogs[segment.rawValue] }.max() ?? 0
    }
    limbsLog = recursion.circuits[0].step.parameters.limbsLog
    verification = recursion.verification
  }

  /// A key from parts that were read.
  init(
    constants: ModelConstants, largestLogs: [Int], limbsLog: Int, verification: VerificationKey,
    of model: TextModel? = nil
  ) throws {
    self.constants = constants
    self.largestLogs = largestLogs
    self.limbsLog = limbsLog
    self.verification = verification
    tokenizer = try constants.tokenizer(of: model)
  }

  /// The circuits of this key, which only provers need; throws `malformedKey` if its constants are those of others.
  func recursionKey() throws -> RecursionKey {
    guard
      let key = try RecursionKey(verification: verification, steps: constants.steps(limbsLog: limbsLog))
    else {
      throw LayerFoldError.malformedKey(file: Self.fileName, reason: "its sizes are not those of its constants")
    }
    return key
  }

  /// The steps of one proof of `inferences` texts.
  func steps(inferences: Int) -> Int { inferences * (constants.configuration.layerCount + 2) + 1 }
}
