import Foundation
import Model
import Testing

/// tokenizer_tests.json: strings, ids, and what the ids decode to.
private struct TokenizerCase: Decodable {
  let text: String
  let ids: [Int]
  let decoded: String
}

/// tokenizer_words.json: what the `tokenizers` package does with random strings.
private struct TokenizerWords: Decodable {
  struct Words: Decodable {
    let stage: String
    let text: String
    let words: [String]
  }
  struct Tokens: Decodable {
    let text: String
    let ids: [Int]
    let variantIDs: [Int]
    let decoded: String
  }
  struct Truncated: Decodable {
    let ids: [Int]
    let decoded: String
  }

  let words: [Words]
  let tokens: [Tokens]
  let truncated: [Truncated]
}

@Suite("Tokenizer")
struct TokenizerTests {
  private func scalars(_ text: String) -> [UInt32] { text.unicodeScalars.map { $0.value } }

  @Test("KnownAnswer: the published strings of the tiny LLaMA")
  func published() throws {
    let tokenizer = try Tokenizer(file: ModelFixture.file("tokenizer.json"))
    for known in try ModelFixture.decode([TokenizerCase].self, ModelFixture.file("tokenizer_tests.json")) {
      #expect(tokenizer.encode(known.text) == known.ids)
      #expect(scalars(tokenizer.decode(known.ids)) == scalars(known.decoded))
    }
  }

  @Test("KnownAnswer: random strings, LLaMA 3's expression, merges as text, whole words, a beginning token")
  func random() throws {
    let url = ModelFixture.vectors.appendingPathComponent("tokenizer_words.json")
    let known = try ModelFixture.decode(TokenizerWords.self, url)
    let tokenizer = try Tokenizer(file: ModelFixture.file("tokenizer.json"))
    let all = try JSONSerialization.jsonObject(with: Data(contentsOf: url)) as? [String: Any]
    let variant = try Tokenizer(
      json: JSONSerialization.data(withJSONObject: #require(all?["variant"])), file: "variant")
    #expect(variant.prefix == [0])
    for tokens in known.tokens {
      #expect(tokenizer.encode(tokens.text) == tokens.ids)
      #expect(variant.encode(tokens.text) == tokens.variantIDs)
      #expect(variant.encode(tokens.text, addingPrefix: false) == Array(tokens.variantIDs.dropFirst()))
      #expect(scalars(tokenizer.decode(tokens.ids)) == scalars(tokens.decoded))
    }
    for truncated in known.truncated {
      #expect(scalars(tokenizer.decode(truncated.ids)) == scalars(truncated.decoded))
    }
  }

  @Test("KnownAnswer: words of GPT-2's and LLaMA 3's expressions and of Digits")
  func words() throws {
    let url = ModelFixture.vectors.appendingPathComponent("tokenizer_words.json")
    let stages: [String: Pretokenizer] = ["gpt2": .gpt2, "llama3": .llama3, "digits": .digits]
    for known in try ModelFixture.decode(TokenizerWords.self, url).words {
      let stage = try #require(stages[known.stage])
      let words = stage.words(Substring(known.text).unicodeScalars).map { $0.map { $0.value } }
      #expect(words == known.words.map { scalars($0) })
    }
  }

  @Test("Laws: a word of 20,000 letters is encoded in less than a second")
  func longWord() throws {
    let tokenizer = try Tokenizer(file: ModelFixture.file("tokenizer.json"))
    let text = String(repeating: "theandwith", count: 2000)
    let clock = ContinuousClock()
    let elapsed = clock.measure { #expect(tokenizer.decode(tokenizer.encode(text)) == text) }
    #expect(elapsed < .seconds(1))
  }
}
