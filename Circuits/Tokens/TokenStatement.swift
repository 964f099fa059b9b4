package import Algebra
import Arguments
package import ConstraintSystem
import Model

/// What a prover knows of a text beside its tokens, which are committed.
package struct TokenAdvice: Sendable, Equatable {
  /// The number of tokens of the prompt, P.
  package let promptLength: Int
  /// The number of tokens of prompt and continuation, len.
  package let length: Int
  /// What hides the prompt in its digest: uniform.
  package let salt: ScalarField

  /// The advice about a text of `length` tokens.
  package init(promptLength: Int, length: Int, salt: ScalarField) {
    self.promptLength = promptLength
    self.length = length
    self.salt = salt
  }
}

/// What token logic gives to the rest of a step.
package struct TokenLogic<Element: Sendable>: Sendable {
  /// By selector: for every position the bits of the selected index, least significant first.
  package let selectors: [String: [[Element]]]
  /// The digest of the prompt.
  package let promptDigest: Element
  /// The digest of the text.
  package let tokensDigest: Element
}

/// A text in R1CS: committed tokens, 0 beyond the length, prompt first.
struct TokenText<Element: Sendable>: Sendable {
  /// [t] the tokens.
  let tokens: [Element]
  /// [t] the bits [t < P].
  let isPrompt: [Element]
  /// [t] the bits [t < len].
  let isText: [Element]
  /// The digest of the prompt.
  let promptDigest: Element
  /// The digest of the text.
  let tokensDigest: Element

  /// Constrains 1 <= P < len <= maxTokens and tokens of 0 beyond len, and hashes; about 8 rows for every position beside
  /// the hashes. Embedding and Head share it: their digests are compared, so it is one text.
  init<World: CircuitArithmetic>(
    committedIn block: Tensor, maxTokens: Int, advice: TokenAdvice?, in world: inout World
  ) throws where World.Field == ScalarField, World.Element == Element {
    let header = try world.advice(count: 3, from: []) { _ in
      guard let advice else { throw CircuitError.missingTokens }
      return [ScalarField(advice.promptLength), ScalarField(advice.length), advice.salt]
    }
    let (promptLength, length, salt) = (header[0], header[1], header[2])
    // The last position a text may have is never one of the prompt.
    let isPrompt = try world.prefix(of: promptLength, atMost: maxTokens - 1, count: block.count)
    let isText = try world.prefix(of: length, atMost: maxTokens, count: block.count)
    let one = world.constant(.one)
    for t in 1..<maxTokens {
      try world.requireProduct(isPrompt[t - 1], one - isText[t], equals: .zero, "the text goes on after the prompt")
    }
    let tokens = (0..<block.count).map { world.committedValue(at: block.offset + $0) }
    var (promptSlots, generatedSlots): ([Element], [Element]) = ([], [])
    for (t, token) in tokens.enumerated() {
      try world.requireProduct(token, one - isText[t], equals: .zero, "tokens beyond the text are 0")
      let prompt = world.multiply(isPrompt[t], token)
      promptSlots.append(prompt)
      generatedSlots.append(token - prompt)
    }
    promptDigest = try TokenDigests.prompt(salt: salt, promptLength: promptLength, slots: promptSlots, in: &world)
    tokensDigest = try TokenDigests.tokens(
      promptDigest: promptDigest, promptLength: promptLength, length: length, slots: generatedSlots, in: &world)
    self.tokens = tokens
    self.isPrompt = isPrompt
    self.isText = isText
  }
}

extension CircuitArithmetic where Field == ScalarField {
  /// The bits [t < length] for `count` positions, with 1 <= length <= limit; two rows for each position.
  fileprivate mutating func prefix(of length: Element, atMost limit: Int, count: Int) throws -> [Element] {
    let free = try advice(count: limit - 1, from: [length]) { inputs in
      let limbs = inputs[0].canonicalLimbs
      let value = limbs.1 | limbs.2 | limbs.3 == 0 ? limbs.0 : .max
      return (1..<limit).map { UInt64($0) < value ? .one : .zero }
    }
    let bits = [constant(.one)] + free + Array(repeating: constant(.zero), count: count - limit)
    for t in 1..<limit {
      try requireBoolean(bits[t], "a position is inside or outside")
      try requireProduct(bits[t], constant(.one) - bits[t - 1], equals: .zero, "positions inside come first")
    }
    try requireEqual(length, bits.reduce(.zero, +), "a length counts the positions inside")
    return bits
  }

  /// The bits of committed indices below `bound`, least significant first, for every position.
  fileprivate mutating func indices(_ values: [Element], bitCount: Int, below bound: Int) throws -> [[Element]] {
    try values.map { value in
      let decomposed = try bits(of: value, count: bitCount)
      try requireAtMost(decomposed, [UInt64(bound - 1)])
      return decomposed
    }
  }
}

extension StepCircuit {
  /// The R1CS part of a step: token logic for Embedding and Head, nothing for Layer and Final.
  ///
  /// An Embedding's tokens are below the vocabulary's size. A Head's winner o_t is, too, and is the next token wherever
  /// the text was generated: o_t = token_{t+1} for P <= t + 1 < len. A Head's tokens need no bounds, because the
  /// recursion requires its digest to be the Embedding's.
  /// - Parameter advice: what the witness is made from; absent while a shape is built.
  package func constrain<World: CircuitArithmetic>(
    in world: inout World, advice: TokenAdvice?
  ) throws -> TokenLogic<World.Element>? where World.Field == ScalarField {
    world.enter("tokens")
    defer { world.leave() }
    let (bitCount, bound) = (parameters.tokenBits, parameters.configuration.vocabularySize)
    switch parts {
    case .layer, .final: return nil
    case .embedding(let embedding):
      let text = try TokenText(
        committedIn: embedding.tokens, maxTokens: parameters.maxTokens, advice: advice, in: &world)
      let bits = try world.indices(text.tokens, bitCount: bitCount, below: bound)
      return TokenLogic(
        selectors: ["tokens": bits], promptDigest: text.promptDigest, tokensDigest: text.tokensDigest)
    case .head(let head):
      let text = try TokenText(
        committedIn: head.tokens, maxTokens: parameters.maxTokens, advice: advice, in: &world)
      let winners = text.tokens.indices.map { world.committedValue(at: head.winner.offset + $0) }
      for t in 1..<parameters.maxTokens {
        let isGenerated = text.isText[t] - text.isPrompt[t]
        try world.requireProduct(
          isGenerated, text.tokens[t] - winners[t - 1], equals: .zero, "a generated token is the greedy one")
      }
      let bits = try world.indices(winners, bitCount: bitCount, below: bound)
      return TokenLogic(
        selectors: ["winner": bits], promptDigest: text.promptDigest, tokensDigest: text.tokensDigest)
    }
  }
}
