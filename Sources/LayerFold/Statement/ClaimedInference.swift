import Algebra
import Circuits
import Transcript

/// What a proof says about one text: these tokens are the model's greedy continuation of this prompt.
public struct ClaimedInference: Sendable, Equatable {
  /// What is said of the prompt besides its tokens.
  enum Hiding: Sendable, Equatable {
    /// The tokens are listed, and so is the salt of their digest.
    case listed(salt: PromptSalt)
    /// They are not: the digest, and their number.
    case hidden(PromptDigest, length: Int)
  }

  /// The prompt's tokens, at least 1; none if the prompt is private.
  public package(set) var promptTokens: [Int]
  /// The tokens the model added, at least 1.
  public package(set) var outputTokens: [Int]
  /// New tokens at most, as they were asked for, at least the number of output tokens.
  public package(set) var maxNewTokens: Int
  /// What is said of the prompt besides its tokens.
  let hiding: Hiding

  /// The claim of a text whose prompt is known.
  ///
  /// - Parameter positions: the positions of the model.
  init(
    prompt: [Int], output: [Int], maxNewTokens: Int, salt: PromptSalt, isPromptPrivate: Bool, positions: Int
  ) throws {
    promptTokens = isPromptPrivate ? [] : prompt
    outputTokens = output
    self.maxNewTokens = maxNewTokens
    hiding =
      isPromptPrivate
      ? .hidden(
        try .of(prompt, salt: salt, maxNewTokens: maxNewTokens, positions: positions), length: prompt.count)
      : .listed(salt: salt)
  }

  /// The number of the prompt's tokens, private or not.
  public var promptLength: Int {
    switch hiding {
    case .listed: promptTokens.count
    case .hidden(_, let length): length
    }
  }

  /// The digest of a private prompt, or nil.
  public var privatePrompt: PromptDigest? {
    switch hiding {
    case .listed: nil
    case .hidden(let digest, _): digest
    }
  }

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

  /// The digest of the prompt for a model of `positions` positions.
  func promptDigest(positions: Int) throws -> PromptDigest {
    switch hiding {
    case .hidden(let digest, _): digest
    case .listed(let salt):
      try .of(promptTokens, salt: salt, maxNewTokens: maxNewTokens, positions: positions)
    }
  }

  /// The digest of the whole text for a model of `positions` positions.
  func digest(positions: Int) throws -> ScalarField {
    try TokenDigests.tokens(
      promptDigest: promptDigest(positions: positions).element, promptLength: promptLength, generated: outputTokens,
      positions: positions)
  }
}

extension PromptSalt {
  /// What goes into the digest: H("salt"; salt, requested number of tokens), so that the number is bound as well.
  func bound(to maxNewTokens: Int) -> ScalarField {
    PoseidonHash.hash(tag: "salt", [element, ScalarField(maxNewTokens)])
  }
}

extension PromptDigest {
  /// The digest of a prompt that is known, for a model of `positions` positions.
  static func of(_ tokens: [Int], salt: PromptSalt, maxNewTokens: Int, positions: Int) throws -> PromptDigest {
    PromptDigest(try TokenDigests.prompt(tokens, salt: salt.bound(to: maxNewTokens), positions: positions))
  }
}

// MARK: - Encoding: the three counts, salt or digest, then all listed tokens, 4 bytes each. The first count has its highest bit set
// if the prompt's tokens are not listed.

extension ClaimedInference {
  /// Bytes of the claim of a text of so many tokens, all of them listed.
  static func byteCount(tokens: Int) -> Int { 3 * 4 + 32 + 4 * tokens }
}

extension ByteWriter {
  /// Appends what is claimed of one text.
  mutating func write(_ inference: ClaimedInference) {
    switch inference.hiding {
    case .listed: write(count: inference.promptLength)
    case .hidden: write(count: ClaimedInference.hiddenFlag + inference.promptLength)
    }
    write(count: inference.outputTokens.count)
    write(count: inference.maxNewTokens)
    switch inference.hiding {
    case .listed(let salt): write(salt.element.bytes)
    case .hidden(let digest, _): write(digest.element.bytes)
    }
    for token in inference.promptTokens + inference.outputTokens { write(count: token) }
  }
}

extension ClaimedInference {
  /// The longest text any model can have.
  private static let lengthLimit = 1 << 20
  /// Added to the length of a prompt whose tokens are not listed.
  fileprivate static let hiddenFlag = 1 << 31

  /// Reads what `ByteWriter.write` wrote; the counts are checked before anything of their size is made.
  init(from reader: inout ByteReader) throws(EncodingError) {
    let first = try reader.readCount("the length of a prompt", in: 1...Int(UInt32.max))
    let isHidden = first >= Self.hiddenFlag
    let length = isHidden ? first - Self.hiddenFlag : first
    guard (1...Self.lengthLimit).contains(length) else { throw .outOfRange(part: "the length of a prompt") }
    let output = try reader.readCount("the length of an output", in: 1...Self.lengthLimit)
    maxNewTokens = try reader.readCount("the requested number of tokens", in: output...Int(UInt32.max))
    let element = try reader.readElement("a nonce") as ScalarField
    hiding = isHidden ? .hidden(PromptDigest(element), length: length) : .listed(salt: PromptSalt(element))
    let listed = isHidden ? 0 : length
    guard listed + output <= reader.remaining / 4 else { throw .truncated(part: "the tokens") }
    var tokens: [Int] = []
    for _ in 0..<listed + output { tokens.append(try reader.readCount("a token", in: 0...Int(UInt32.max))) }
    promptTokens = Array(tokens[..<listed])
    outputTokens = Array(tokens[listed...])
  }
}
