import Foundation
import LayerFold
import Testing

/// What proofs of the same statement have in common, word by word.
@Suite("Zero-knowledge", .serialized)
struct ZeroKnowledgeTests {
  /// The 32-byte words behind the claims of a proof of one text with `tokens` listed tokens.
  static func words(_ proof: Proof, tokens: Int) -> [[UInt8]] {
    let start = 12 + 12 + 32 + 4 * tokens
    return stride(from: start, to: proof.bytes.count, by: 32).map { Array(proof.bytes[$0..<($0 + 32)]) }
  }

  /// The words that two proofs of one statement must share: constants of the key, of the model and of the statement.
  static func sharedPlaces(_ sizes: CircuitSizes) -> Set<Int> {
    let input = sizes.chunks[0]
    // h_w; vk, index, phase, weight chain, O^.
    let state = Set(0..<(5 + 2 * input))
    let commitments = 1 + 2 * input + sizes.claimLog + 4 + 9
    let weights = commitments + input + sizes.chunks[1]
    return state.union(commitments..<(commitments + input)).union(weights..<(weights + sizes.chunks[2]))
  }

  @Test("Laws: proofs of one statement share no point and no element but constants of the statement, nor repeat one")
  func nothingShared() async throws {
    let fixture = try await Fixture.made()
    let request = Fixture.requests[0]
    let (one, continuations) = try await Fixture.prove([request], with: fixture.key)
    let two = try await Fixture.prove([request], with: fixture.key).proof
    let tokens = continuations[0].promptTokens.count + continuations[0].outputTokens.count
    let (first, second) = (Self.words(one, tokens: tokens), Self.words(two, tokens: tokens))
    #expect(first.count == second.count && first[first.count - 1].count == 32)
    let shared = Self.sharedPlaces(fixture.verifierKey.sizes)
    for place in first.indices {
      #expect((first[place] == second[place]) == shared.contains(place), "word \(place) behind the claims")
    }
    let own = Set(first.indices.filter { !shared.contains($0) }.map { first[$0] })
    #expect(own.isDisjoint(with: second))
    #expect(own.count == first.count - shared.count, "no word occurs twice")
  }

  @Test("Private prompts: the proof says digest and length only, and who has the salt can check the prompt")
  func privatePrompt() async throws {
    let fixture = try await Fixture.made()
    var requests = Fixture.requests
    requests[0].isPromptPrivate = true
    var salts: [PromptSalt] = []
    var finished: Proof?
    for try await event in Prover(key: fixture.key).prove(batch: requests) {
      if case .salted(let index, let salt) = event {
        #expect(index == 0)
        salts.append(salt)
      }
      if case .finished(let proof) = event { finished = proof }
    }
    let proof = try #require(finished)
    #expect(salts.count == 1)
    let verifier = Verifier(key: fixture.verifierKey)
    let prompt = fixture.continuations[0].promptTokens
    let verdict = try verifier.verify(proof)
    #expect(verdict.inferences.map(\.isPromptPrivate) == [true, false])
    #expect(verdict.inferences.map(\.promptTokens) == [[], fixture.continuations[1].promptTokens])
    #expect(verdict.inferences.map(\.promptLength) == fixture.continuations.map(\.promptTokens.count))
    #expect(verdict.inferences.map(\.outputTokens) == fixture.continuations.map(\.outputTokens))
    let claims = try proof.claimedInferences()
    #expect(claims[0].privatePrompt == verdict.inferences[0].promptDigest && claims[1].privatePrompt == nil)
    // Neither the prompt nor the salt is in the file.
    let bytes = Data(proof.bytes)
    let encodedPrompt = Data(prompt.flatMap { token in (0..<4).map { UInt8(truncatingIfNeeded: token >> (8 * $0)) } })
    #expect(bytes.range(of: encodedPrompt) == nil)
    let saltDigits = Array("\(salts[0])")
    let saltBytes = stride(from: 62, through: 0, by: -2).compactMap {
      UInt8(String(saltDigits[$0...($0 + 1)]), radix: 16)
    }
    #expect(saltBytes.count == 32 && bytes.range(of: Data(saltBytes)) == nil)

    let second = requests[1].prompt
    func expecting(_ prompt: Prompt, _ salts: [PromptSalt]) -> ExpectedStatement {
      ExpectedStatement(prompts: [prompt, second], salts: salts)
    }
    for prompt in [requests[0].prompt, .tokens(prompt)] {
      #expect(try verifier.verify(proof, expecting: expecting(prompt, salts)) == verdict)
    }
    func refused(_ check: String, _ expectation: ExpectedStatement) {
      #expect(throws: LayerFoldError.refusedProof(check: check)) {
        try verifier.verify(proof, expecting: expectation)
      }
    }
    refused("the number of salts", expecting(requests[0].prompt, []))
    refused("the number of salts", expecting(requests[0].prompt, salts + salts))
    refused("the prompt", expecting(.tokens(prompt.dropLast() + [prompt[0]]), salts))
    refused("the prompt", expecting(.tokens(Array(prompt.dropLast())), salts))
    let wrong = try #require(PromptSalt(hexadecimal: String(repeating: "0", count: 63) + "1"))
    refused("the prompt", expecting(requests[0].prompt, [wrong]))
    #expect(PromptSalt(hexadecimal: "\(salts[0])") == salts[0])
    #expect(PromptSalt(hexadecimal: String(repeating: "f", count: 64)) == nil)

    // A private claim is bound as a listed one is.
    for (offset, what) in [(12, "length"), (12 + 8, "requested number"), (12 + 12, "digest")] {
      var changed = proof.bytes
      changed[offset] ^= 1
      #expect(throws: LayerFoldError.self, "\(what)") { try verifier.verify(Proof(bytes: changed)) }
    }
    var unflagged = proof.bytes
    unflagged[15] ^= 0x80
    #expect(throws: LayerFoldError.self) { try verifier.verify(Proof(bytes: unflagged)) }
  }
}

/// Many proofs, three minutes of processor time.
@Suite(
  "Zero-knowledge, statistics (LAYERFOLD_LONG=1)", .serialized,
  .enabled(if: ProcessInfo.processInfo.environment["LAYERFOLD_LONG"] == "1"))
struct ZeroKnowledgeStatisticsTests {
  /// A copy of the bundled model with every weight changed by a 512th.
  private func changedModel(in folder: URL) throws -> URL {
    let model = folder.appending(path: "changed")
    try FileManager.default.copyItem(at: Fixture.model, to: model)
    let file = model.appending(path: "model.safetensors")
    var data = try Data(contentsOf: file)
    let length = data.prefix(8).reversed().reduce(0) { $0 << 8 | Int($1) }
    // Bit 14 of a float of 4 bytes.
    for index in stride(from: 8 + length + 1, to: data.count, by: 4) { data[index] ^= 0x40 }
    try data.write(to: file)
    return model
  }

  @Test("no bit of any field of 40 proofs tells which of two models with the same output made it")
  func twoModels() async throws {
    let folder = try TemporaryFolder()
    let request = InferenceRequest(prompt: "In the beginning", maxNewTokens: 4)
    let models = [Fixture.model, try changedModel(in: folder.url)]
    let keys = try models.map { try ProverKey.setup(model: $0, maxTokens: 12) }
    #expect(keys[0].identifier != keys[1].identifier)
    let texts = try keys.map { try $0.generate(request.prompt, maxNewTokens: 4) }
    #expect(texts[0].outputTokens == texts[1].outputTokens && texts[0].finalLogits != texts[1].finalLogits)
    let tokens = texts[0].promptTokens.count + texts[0].outputTokens.count
    let count = 20
    // By model and word, how often each of the 256 bits is set.
    var ones: [[[Int]]] = []
    for key in keys {
      var sums: [[Int]] = []
      for _ in 0..<count {
        let words = ZeroKnowledgeTests.words(try await Fixture.prove([request], with: key).proof, tokens: tokens)
        if sums.isEmpty { sums = words.map { _ in [Int](repeating: 0, count: 256) } }
        for (word, bytes) in words.enumerated() {
          for bit in 0..<256 { sums[word][bit] += Int(bytes[bit >> 3] >> UInt8(bit & 7) & 1) }
        }
      }
      ones.append(sums)
    }
    let constants = ZeroKnowledgeTests.sharedPlaces(try keys[0].verifierKey().sizes)
    var (bits, squares) = (0, 0.0)
    for word in ones[0].indices where !constants.contains(word) {
      var chiSquare = 0.0
      // The highest bits of elements are those of the modulus, not uniform.
      for bit in 0..<250 {
        let (first, second) = (Double(ones[0][word][bit]), Double(ones[1][word][bit]))
        // Differences of two binomial counts have variance count / 2.
        chiSquare += (first - second) * (first - second) / (Double(count) / 2)
      }
      // 250 degrees of freedom, deviation 22.4: 6 deviations for one of 600 words.
      #expect(abs(chiSquare - 250) < 6.5 * 22.4, "word \(word)")
      bits += 250
      squares += chiSquare
    }
    #expect(abs(squares - Double(bits)) < 5 * (2 * Double(bits)).squareRoot(), "all words together")
  }
}
