package import Algebra
import Circuits
import Transcript

/// What a proof says about one text: these tokens are the model's greedy continuation of this prompt.
public struct ClaimedInference: Sendable, Equatable {
  /// The prompt's tokens, at least 1.
  public package(set) var promptTokens: [Int]
  /// The tokens the model added, at least 1.
  public package(set) var outputTokens: [Int]
  /// New tokens at most, as they were asked for, at least the number of output tokens.
  public package(set) var maxNewTokens: Int
  /// A uniformly random element, fresh for each inference, from which the prompt's salt is made.
  package var nonce: ScalarField

  /// Where the last output token stands in a proof whose first claim this is.
  package var lastTokenOffset: Int {
    var writer = ByteWriter()
    writer.write(self)
    return Proof.firstClaimOffset + writer.bytes.count - 4
  }

  /// Whether generation ended as it was asked to: by a stop token, or with the requested number of tokens.
  func isComplete(stopTokens: Set<Int>) -> Bool {
    outputTokens.count == maxNewTokens || outputTokens.last.map(stopTokens.contains) == true
  }

  /// What hides the prompt in its digest: H("salt"; nonce, requested number), so that the number is bound as well.
  var salt: ScalarField { PoseidonHash.hash(tag: "salt", [nonce, ScalarField(maxNewTokens)]) }

  /// The advice that the Embedding and the Head of this inference take.
  var advice: TokenAdvice {
    TokenAdvice(promptLength: promptTokens.count, length: promptTokens.count + outputTokens.count, salt: salt)
  }

  /// The digest of the whole text for a model of `positions` positions.
  func digest(positions: Int) throws -> ScalarField {
    try TokenDigests.tokens(
      promptDigest: TokenDigests.prompt(promptTokens, salt: salt, positions: positions),
      promptLength: promptTokens.count, generated: outputTokens, positions: positions)
  }
}

// MARK: - Encoding: the three counts, the nonce, then all tokens, 4 bytes each.

extension ByteWriter {
  /// Appends what is claimed of one text.
  mutating func write(_ inference: ClaimedInference) {
    write(count: inference.promptTokens.count)
    write(count: inference.outputTokens.count)
    write(count: inference.maxNewTokens)
    write(inference.nonce.bytes)
    for token in inference.promptTokens + inference.outputTokens { write(count: token) }
  }
}

extension ClaimedInference {
  /// The longest text any model can have.
  private static let lengthLimit = 1 << 20

  /// Reads what `ByteWriter.write` wrote; the counts are checked before anything of their size is made.
  init(from reader: inout ByteReader) throws(EncodingError) {
    let prompt = try reader.readCount("the length of a prompt", in: 1...Self.lengthLimit)
    let output = try reader.readCount("the length of an output", in: 1...Self.lengthLimit)
    maxNewTokens = try reader.readCount("the requested number of tokens", in: output...Int(UInt32.max))
    nonce = try reader.readElement("a nonce")
    guard prompt + output <= reader.remaining / 4 else { throw .truncated(part: "the tokens") }
    var tokens: [Int] = []
    for _ in 0..<prompt + output { tokens.append(try reader.readCount("a token", in: 0...Int(UInt32.max))) }
    promptTokens = Array(tokens[..<prompt])
    outputTokens = Array(tokens[prompt...])
  }
}
