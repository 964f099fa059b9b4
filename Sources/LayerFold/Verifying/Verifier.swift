import Algebra
import Decider
import Folding
import Foundation
import Model

/// Checks proofs with a model's public key.
public struct Verifier: Sendable {
  private let key: VerifierKey
  private let decider: RecursionDecider

  /// A verifier with a public key.
  public init(key: VerifierKey) {
    self.key = key
    decider = RecursionDecider(key: key.verification)
  }

  /// What a valid proof says.
  ///
  /// Bytes that are no proof cost time linear in their number and otherwise bounded by the key, whatever they claim.
  ///
  /// - Parameter expectation: what the caller demands; what he does not demand he must read off the verdict.
  /// - Throws: `malformedProof` or `refusedProof` for anything but a valid proof of what is expected; `unusablePrompt`
  ///   for an expected prompt that no text can have.
  public func verify(_ proof: Proof, expecting expectation: ExpectedStatement = ExpectedStatement()) throws -> Verdict {
    var reader = ByteReader(Data(proof.bytes))
    let claims = try Proof.translating { () throws(EncodingError) in try Proof.readClaims(from: &reader) }
    let end = try Proof.translating { () throws(EncodingError) in
      try RecursionEnd(from: &reader, key: key.verification)
    }
    let context = proof.bytes.prefix(proof.bytes.count - reader.remaining)
    let compressed = try Self.naming { try decider.decode(Array(proof.bytes[context.endIndex...])) }

    for claim in claims { try check(claim) }
    let identifier = ModelIdentifier(keyDigest: key.verification.digest, weightChain: end.weightChain)
    try check(claims, of: identifier, against: expectation)
    let steps = key.steps(inferences: claims.count)
    let provedChain = end.recursion.state.statementChain
    try Self.naming {
      let running = try RecursionVerifier(sizes: key.verification.sizes, keyDigest: key.verification.digest)
        .verify(end.recursion, expecting: ExpectedRecursion(steps: steps, statementChain: provedChain))
      try decider.verify(compressed, running: running, cycle: end.recursion.cycle, context: Array(context))
    }
    // A claim costs hashes over all positions. Only now is it known that somebody has proved as many texts as are claimed.
    try require(provedChain == statementChain(of: claims, weights: end.weightChain), "statement chain")
    return try verdict(on: claims, of: identifier, steps: steps)
  }

  /// The chain over claimed texts of a model with this weight chain.
  private func statementChain(of claims: [ClaimedInference], weights: ScalarField) throws -> ScalarField {
    try claims.reduce(.zero) { chain, claim in
      StatementChain.appending(
        try claim.digest(positions: key.constants.parameters.positions), weights: weights, to: chain)
    }
  }

  private func verdict(
    on claims: [ClaimedInference], of identifier: ModelIdentifier, steps: Int
  ) throws -> Verdict {
    let stopTokens = Set(key.constants.configuration.endTokens)
    return Verdict(
      modelIdentifier: identifier,
      inferences: try claims.map { claim in
        Verdict.Inference(
          promptTokens: claim.promptTokens, promptLength: claim.promptLength,
          promptDigest: try claim.promptDigest(positions: key.constants.parameters.positions),
          isPromptPrivate: claim.privatePrompt != nil, outputTokens: claim.outputTokens,
          text: key.tokenizer.decode(claim.outputTokens), maxNewTokens: claim.maxNewTokens,
          isComplete: claim.isComplete(stopTokens: stopTokens))
      }, steps: steps)
  }
}

// MARK: - What is visible in the claims

extension Verifier {
  /// A text fits the model, and generation did not go on after a stop token.
  private func check(_ claim: ClaimedInference) throws {
    let (vocabulary, stopTokens) = (key.constants.configuration.vocabularySize, key.constants.configuration.endTokens)
    try require((claim.promptTokens + claim.outputTokens).allSatisfy { $0 < vocabulary }, "tokens in the vocabulary")
    try require(
      claim.promptLength + claim.maxNewTokens <= key.constants.maxTokens, "the length of text the key allows")
    try require(!claim.outputTokens.dropLast().contains(where: stopTokens.contains), "no text after a stop token")
  }

  /// The proof is about the caller's model and prompts.
  private func check(
    _ claims: [ClaimedInference], of identifier: ModelIdentifier, against expectation: ExpectedStatement
  ) throws {
    if let expected = expectation.modelIdentifier { try require(identifier == expected, "the model id") }
    if let expected = expectation.maxNewTokens {
      try require(claims.allSatisfy { $0.maxNewTokens == expected }, "the requested number of tokens")
    }
    guard let prompts = expectation.prompts else { return }
    try require(prompts.count == claims.count, "the number of prompts")
    try require(expectation.salts.count == claims.count { $0.privatePrompt != nil }, "the number of salts")
    var salts = expectation.salts[...]
    for (prompt, claim) in zip(prompts, claims) {
      let tokens = try key.constants.tokens(of: prompt, with: key.tokenizer)
      if let digest = claim.privatePrompt, let salt = salts.popFirst() {
        let expected = try PromptDigest.of(
          tokens, salt: salt, maxNewTokens: claim.maxNewTokens, positions: key.constants.parameters.positions)
        try require(tokens.count == claim.promptLength && digest == expected, "the prompt")
      } else {
        try require(tokens == claim.promptTokens, "the prompt")
      }
    }
  }

  private func require(_ holds: Bool, _ check: String) throws {
    if !holds { throw LayerFoldError.refusedProof(check: check) }
  }
}
