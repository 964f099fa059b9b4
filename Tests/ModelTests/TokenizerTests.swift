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

/// tokenizers.json: tokenizers as the text of their files, and what the `tokenizers` package does with awkward text.
private struct TokenizerVectors: Decodable {
  struct Encoding: Decodable {
    let text: String
    let ids: [Int]
  }
  struct Known: Decodable {
    let name: String
    let file: String
    let encodings: [Encoding]
    let decodings: [Encoding]
  }

  let tokenizers: [Known]
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

  @Test("KnownAnswer: awkward text under the stages of LLaMA 3, Qwen2, LLaMA 2 and Mistral")
  func families() throws {
    let url = ModelFixture.vectors.appendingPathComponent("tokenizers.json")
    let known = try ModelFixture.decode(TokenizerVectors.self, url).tokenizers
    #expect(known.count == 8)
    for family in known {
      let tokenizer = try Tokenizer(json: Data(family.file.utf8), file: family.name)
      for encoding in family.encodings {
        #expect(tokenizer.encode(encoding.text) == encoding.ids, "\(family.name): \(encoding.text.debugDescription)")
      }
      for decoding in family.decodings {
        #expect(scalars(tokenizer.decode(decoding.ids)) == scalars(decoding.text), "\(family.name): \(decoding.ids)")
      }
    }
  }

  @Test("Rejects: marked spaces with stages that do not belong to them, by name") func marks() throws {
    let url = ModelFixture.vectors.appendingPathComponent("tokenizers.json")
    let all = try ModelFixture.decode(TokenizerVectors.self, url).tokenizers
    func reject(_ family: String, _ words: String, _ replaced: String, _ replacement: String) throws {
      let file = try #require(all.first { $0.name == family }).file
      let edited = file.replacingOccurrences(of: replaced, with: replacement)
      #expect(edited != file)
      let error = #expect(throws: ModelError.self) { try Tokenizer(json: Data(edited.utf8), file: "tokenizer.json") }
      #expect(error?.description.contains(words) == true, "\(String(describing: error))")
    }
    try reject("llama2", "Prepend", #""type":"Prepend","prepend":"\u2581""#, #""type":"Prepend","prepend":"_""#)
    try reject("llama2", "decoder", #""type":"Strip""#, #""type":"Lowercase""#)
    try reject("llama2", "Strip of one space", #""start":1"#, #""start":2"#)
    try reject("llama2", "decoder ByteLevel", #""decoder":{"type":"Sequence""#, #""decoder":{"type":"ByteLevel""#)
    try reject("llama2", "no token for byte 10", "<0x0A>", "<0x0a>")
    try reject("llama2", "normalized of <unk>", #""normalized":false"#, #""normalized":true"#)
    try reject("metaspace first", "Metaspace", #""split":false"#, #""split":true"#)
    try reject("metaspace first", "prepend_scheme", #""prepend_scheme":"first","#, "")
    try reject("qwen2", "normalizer NFD", #"{"type":"NFC"}"#, #"{"type":"NFD"}"#)
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
