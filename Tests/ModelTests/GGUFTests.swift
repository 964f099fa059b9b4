import Crypto
import Foundation
import Model
import Testing

@Suite("GGUF files")
struct GGUFTests {
  private struct Vectors: Decodable {
    struct Tensor: Decodable {
      let name: String
      let shape: [Int]
      let sha256: String
    }
    struct Block: Decodable {
      let type: String
      let number: UInt32
      let bytes: String
      let values: [Float]
    }

    let tensors: [Tensor]
    let blocks: [Block]
  }

  private func vectors() throws -> Vectors {
    try ModelFixture.decode(Vectors.self, ModelFixture.vectors.appendingPathComponent("gguf.json"))
  }

  private func tiny() throws -> Data {
    try Data(contentsOf: ModelFixture.vectors.appendingPathComponent("tiny.gguf"))
  }

  @Test("KnownAnswer: tensors, names, rows and configuration of a file written by llama.cpp's package")
  func tensors() throws {
    let model = try GGUFModel(file: ModelFixture.vectors.appendingPathComponent("tiny.gguf"))
    #expect(
      model.configuration
        == ModelConfiguration(
          hiddenSize: 32, intermediateSize: 64, layerCount: 1, attentionHeads: 4, keyValueHeads: 2, headDimension: 8,
          vocabularySize: 512, maximumPositions: 128, normEpsilon: 1e-5, rotaryTheta: 500_000, tiesEmbeddings: false,
          beginningToken: 0, endTokens: [1]))
    let known = try vectors().tensors
    #expect(model.tensors == known.map { $0.name }.sorted())
    for tensor in known {
      #expect(model.shape(of: tensor.name) == tensor.shape)
      var bytes = Data()
      for value in try model.floats(tensor.name, shape: tensor.shape) {
        withUnsafeBytes(of: value.bitPattern.littleEndian) { bytes.append(contentsOf: $0) }
      }
      let digest = SHA256.hash(data: bytes).map { String(format: "%02x", $0) }.joined()
      #expect(digest == tensor.sha256, "\(tensor.name)")
    }
    let float = try FloatModel(gguf: model)
    #expect(
      try QuantizedModel(quantizing: float, positions: 16).generate(prompt: [1], maxNewTokens: 3).tokens.count == 3)
    #expect(throws: ModelError.self) { try model.floats("model.norm.weight", shape: [33]) }
    #expect(throws: ModelError.self) { try model.floats("model.norm.bias", shape: [32]) }
  }

  @Test("KnownAnswer: blocks of every format")
  func blocks() throws {
    for block in try vectors().blocks {
      var file = GGUFBytes()
      var bytes = Data()
      var digits = Substring(block.bytes)
      while let byte = UInt8(digits.prefix(2), radix: 16) {
        bytes.append(byte)
        digits = digits.dropFirst(2)
      }
      file.metadata = GGUFBytes.smallLLaMA(hidden: block.values.count)
      file.tensors = [
        ("token_embd.weight", [block.values.count, 2], 0, Data(count: 8 * block.values.count)),
        ("output_norm.weight", [block.values.count], block.number, bytes),
      ]
      let model = try GGUFModel(bytes: file.data, name: "x.gguf")
      #expect(try model.floats("model.norm.weight", shape: [block.values.count]) == block.values, "\(block.type)")
      if block.type == "TQ2_0" {
        file.tensors[1].data[3] |= 0xc0
        let broken = try GGUFModel(bytes: file.data, name: "x.gguf")
        let error = #expect(throws: ModelError.self) { try broken.floats("model.norm.weight", shape: [256]) }
        #expect(error?.description.contains("not ternary") == true)
      }
    }
  }

  @Test("KnownAnswer: the tokenizer in the metadata encodes as the tokenizer.json it came from")
  func tokenizer() throws {
    let model = try GGUFModel(bytes: tiny(), name: "tiny.gguf")
    let ours = try Tokenizer(json: model.tokenizerJSON(), file: "tiny.gguf")
    let known = try Tokenizer(file: ModelFixture.file("tokenizer.json"))
    let texts = ["", "In the beginning God created", "it's  12345 \u{1F600}\n\n\t end", "<s>a</s>\u{0}\u{e9}", "    x"]
    for text in texts {
      #expect(ours.encode(text) == known.encode(text))
      #expect(ours.decode(ours.encode(text)) == text)
    }
  }

  @Test("Laws: words are cut and beginnings are added as the metadata says")
  func tokenizerKinds() throws {
    func tokenizer(_ edit: (inout [(String, GGUFBytes.Value)]) -> Void) throws -> Tokenizer {
      var file = GGUFBytes.withTokenizer()
      edit(&file.metadata)
      return try Tokenizer(json: GGUFModel(bytes: file.data, name: "x.gguf").tokenizerJSON(), file: "x.gguf")
    }
    func set(_ key: String, _ value: GGUFBytes.Value) -> (inout [(String, GGUFBytes.Value)]) -> Void {
      { metadata in metadata = metadata.filter { $0.0 != key } + [(key, value)] }
    }
    #expect(try tokenizer { _ in }.encode("ab").count == 1)
    #expect(try tokenizer { _ in }.encode("12").count == 1)
    #expect(try tokenizer(set("tokenizer.ggml.pre", .text("smollm"))).encode("12").count == 2)
    let llama3 = try tokenizer(set("tokenizer.ggml.pre", .text("llama-bpe")))
    #expect(llama3.encode("ab").first == 258 && llama3.encode("ab").count == 2)
    #expect(llama3.encode("<s>").last == 258)
    #expect(try tokenizer(set("tokenizer.ggml.add_bos_token", .truth(1))).encode("ab").first == 258)
    func reject(_ words: String, _ edit: (inout [(String, GGUFBytes.Value)]) -> Void) {
      let error = #expect(throws: ModelError.self) { try tokenizer(edit) }
      #expect(error?.description.contains(words) == true, "\(String(describing: error))")
    }
    reject("tokenizer.ggml.model t5", set("tokenizer.ggml.model", .text("t5")))
    reject("add_eos_token", set("tokenizer.ggml.add_eos_token", .truth(1)))
    // Digits one by one, and composed characters: the e and the accent behind it are two bytes.
    let qwen2 = try tokenizer(set("tokenizer.ggml.pre", .text("qwen2")))
    #expect(qwen2.encode("12").count == 2 && qwen2.encode("e\u{301}") == qwen2.encode("\u{e9}"))
    reject("tokenizer.ggml.pre tekken", set("tokenizer.ggml.pre", .text("tekken")))
    reject("tokenizer.ggml.pre", set("tokenizer.ggml.pre", .integer(1)))
    reject("tokenizer.ggml.tokens", set("tokenizer.ggml.tokens", .texts(["a", "a"])))
    reject("tokenizer.ggml.token_type", set("tokenizer.ggml.token_type", .integers([1])))
    reject("tokenizer.ggml.merges", set("tokenizer.ggml.merges", .integers([1])))
    reject("no token for byte") { metadata in
      metadata = metadata.filter { $0.0 != "tokenizer.ggml.tokens" && $0.0 != "tokenizer.ggml.token_type" }
      metadata += [("tokenizer.ggml.tokens", .texts(["a", "b", "ab", "1", "2", "12"]))]
    }
  }

  @Test("Rejects: headers that lie about lengths, counts, types and places")
  func hostile() throws {
    func reject(_ words: String, _ data: Data) {
      let error = #expect(throws: ModelError.self) { try GGUFModel(bytes: data, name: "x.gguf") }
      #expect(error?.description.contains(words) == true, "\(words): \(String(describing: error))")
    }
    let good = GGUFBytes.withTokenizer()
    _ = try FloatModel(gguf: GGUFModel(bytes: good.data, name: "x.gguf"))
    func edited(_ edit: (inout GGUFBytes) -> Void) -> Data {
      var file = good
      edit(&file)
      return file.data
    }
    reject("begin with GGUF", edited { $0.magic = 0x4655_4748 })
    for version: UInt32 in [0, 1, 4, 0x0300_0000] { reject("version", edited { $0.version = version }) }
    for count: UInt64 in [1 << 20 + 1, .max, 1 << 63] {
      reject("number of tensors", edited { $0.tensorCount = count })
      reject("number of metadata", edited { $0.metadataCount = count })
    }
    // Every truncation is refused: there is no prefix that is a file.
    let data = good.data
    for length in Array(0..<400) + stride(from: 400, to: data.count, by: 97) {
      #expect(throws: ModelError.self) { try GGUFModel(bytes: data.prefix(length), name: "x.gguf") }
    }
    reject("behind the last", data + Data(count: 32))
    for length: UInt64 in [1 << 20, .max, 1 << 63] {
      reject("length of a string", edited { $0.metadata.append(("k", .raw(8, length, Data("abc".utf8)))) })
      reject("length of an array", edited { $0.metadata.append(("k", .rawArray(0, length, Data("abc".utf8)))) })
      reject("length of an array", edited { $0.metadata.append(("k", .rawArray(8, length, Data("abc".utf8)))) })
    }
    reject("unknown type 9", edited { $0.metadata.append(("k", .rawArray(9, 1, Data(count: 12)))) })
    reject("unknown type 13", edited { $0.metadata.append(("k", .raw(13, 0, Data()))) })
    reject("truth value", edited { $0.metadata.append(("k", .truth(2))) })
    reject("UTF-8", edited { $0.metadata.append(("k", .raw(8, 2, Data([0xff, 0xfe])))) })
    reject("occurs twice", edited { $0.metadata.append($0.metadata[0]) })
    reject("occurs twice", edited { $0.tensors.append(("output_norm.weight", [1], 0, Data(count: 4))) })
    for alignment in [0, 7, 24, 1 << 20] {
      reject("general.alignment", edited { $0.metadata.append(("general.alignment", .integer(alignment))) })
    }
    func tensor(_ shape: [Int], _ type: UInt32, size: Int = 64) -> Data {
      edited { $0.tensors.append(("extra.weight", shape, type, Data(count: size))) }
    }
    reject("0 dimensions", tensor([], 0))
    reject("5 dimensions", tensor([1, 1, 1, 1, 1], 0))
    reject("a dimension", tensor([1 << 41], 0))
    reject("out of range", tensor([1 << 40, 1 << 40], 0))
    reject("inside its tensors", tensor([1 << 30], 0))
    reject("whole blocks", tensor([33], 8))
    for (number, name) in [(2, "Q4_0"), (12, "Q4_K"), (99, "number 99")] as [(UInt32, String)] {
      reject("extra.weight in the format \(name)", tensor([32], number))
    }
    for offset: UInt64 in [0, 1, 32, 1 << 40, .max] {
      reject("output_norm.weight", edited { $0.offsetOfLast = offset })
    }
    reject("behind the last", tensor([8], 0, size: 200))
  }

  @Test("Rejects: models that are not a LLaMA, by name")
  func otherModels() throws {
    func model(_ edit: (inout GGUFBytes) -> Void) throws -> FloatModel {
      var file = GGUFBytes.withTokenizer()
      edit(&file)
      return try FloatModel(gguf: GGUFModel(bytes: file.data, name: "x.gguf"))
    }
    func reject(_ words: String, _ edit: (inout GGUFBytes) -> Void) {
      let error = #expect(throws: ModelError.self) { _ = try model(edit) }
      #expect(error?.description.contains(words) == true, "\(words): \(String(describing: error))")
    }
    func set(_ key: String, _ value: GGUFBytes.Value?) -> (inout GGUFBytes) -> Void {
      { file in file.metadata = file.metadata.filter { $0.0 != key } + (value.map { [(key, $0)] } ?? []) }
    }
    reject("architecture gemma", set("general.architecture", .text("gemma")))
    reject("general.architecture", set("general.architecture", nil))
    for key in [
      "llama.embedding_length", "llama.block_count", "llama.feed_forward_length", "llama.attention.head_count",
      "llama.context_length", "llama.attention.layer_norm_rms_epsilon",
    ] {
      reject(key, set(key, nil))
      reject(key, set(key, .text("many")))
    }
    reject("head_count", set("llama.attention.head_count", .integer(0)))
    reject("head_count_kv", set("llama.attention.head_count_kv", .integers([2])))
    reject("num_key_value_heads", set("llama.attention.head_count_kv", .integer(0)))
    reject("expert_count", set("llama.expert_count", .integer(8)))
    reject("rope.scaling.type", set("llama.rope.scaling.type", .text("linear")))
    reject("rope.dimension_count", set("llama.rope.dimension_count", .integer(4)))
    reject("logit_scale", set("llama.logit_scale", .integer(4)))
    reject("shape", set("llama.feed_forward_length", .integer(7)))
    reject("lacks the tensor model.layers.1", set("llama.block_count", .integer(2)))
    reject("lacks the tensor token_embd.weight") { $0.tensors.removeFirst() }
    let extra = try model { $0.tensors.append(("blk.0.attn_rot.weight", [1], 0, Data(count: 4))) }
    #expect(extra.ignoredTensors == ["blk.0.attn_rot.weight"])
    reject("rope_freqs.weight") { file in
      file.tensors.append(("rope_freqs.weight", [4], 0, GGUFBytes.floats([1, 2, 3, 4])))
    }
    _ = try model { $0.tensors.append(("rope_freqs.weight", [4], 0, GGUFBytes.floats([1, 1, 1, 1]))) }
    _ = try model { $0.tensors.append(("blk.0.ffn_up.bias", [8], 0, Data(count: 32))) }
    reject("a bias that is not zero") {
      $0.tensors.append(("blk.0.ffn_up.bias", [8], 0, GGUFBytes.floats(Array(repeating: 1, count: 8))))
    }
    reject("lacks the tensor model.layers.0.self_attn.k_proj.bias") {
      $0.tensors.append(("blk.0.attn_q.bias", [16], 0, Data(count: 64)))
    }
  }

  @Test("KnownAnswer: the divisors of LLaMA 3.1 give back the constants of its configuration")
  func rotaryDivisors() throws {
    let scaling = RotaryScaling(factor: 8, lowFrequencyFactor: 1, highFrequencyFactor: 4, originalPositions: 8192)
    let plain = rotaryFrequencies(headDimension: 8, theta: 500_000, scaling: nil)
    let divisors = zip(plain, rotaryFrequencies(headDimension: 8, theta: 500_000, scaling: scaling)).map {
      Float($0 / $1)
    }
    var file = GGUFBytes.withTokenizer()
    file.metadata.append(("llama.rope.freq_base", .number(500_000)))
    file.tensors.append(("rope_freqs.weight", [4], 0, GGUFBytes.floats(divisors)))
    #expect(try GGUFModel(bytes: file.data, name: "x.gguf").configuration.rotaryScaling == scaling)
  }

  @Test("Laws: rows of a Qwen2 file are in halves already")
  func qwen2() throws {
    var file = GGUFBytes.withTokenizer()
    let name = "blk.0.attn_q.weight"
    let values = (0..<256).map { Float($0) }
    file.tensors = file.tensors.map { $0.name == name ? ($0.name, $0.shape, $0.type, GGUFBytes.floats(values)) : $0 }
    let llama = try GGUFModel(bytes: file.data, name: "x.gguf")
    let paired = try llama.floats("model.layers.0.self_attn.q_proj.weight", shape: [16, 16])
    // Row (s, p) of a head of 8 is row 2p + s of the file.
    #expect(
      stride(from: 0, to: 256, by: 16).map { Int(paired[$0]) / 16 } == [
        0, 2, 4, 6, 1, 3, 5, 7, 8, 10, 12, 14, 9, 11, 13, 15,
      ])
    file.metadata = file.metadata.map { key, value in
      key == "general.architecture"
        ? (key, .text("qwen2")) : (key.replacingOccurrences(of: "llama.", with: "qwen2."), value)
    }
    let qwen2 = try GGUFModel(bytes: file.data, name: "x.gguf")
    #expect(try qwen2.floats("model.layers.0.self_attn.q_proj.weight", shape: [16, 16]) == values)
  }

  @Test("Laws: the biases a file has are read, of a LLaMA with the order of their rows")
  func biases() throws {
    var file = GGUFBytes.withTokenizer()
    let values = (0..<16).map { Float($0) }
    for name in ["attn_q", "attn_k", "attn_v"] {
      file.tensors.append(("blk.0.\(name).bias", [16], 0, GGUFBytes.floats(values)))
    }
    let llama = try GGUFModel(bytes: file.data, name: "x.gguf")
    #expect(llama.configuration.biasedProjections == .queryKeyValue)
    func bias(_ name: String) throws -> [Float] {
      try llama.floats("model.layers.0.self_attn.\(name)_proj.bias", shape: [16])
    }
    #expect(try bias("q") == [0, 2, 4, 6, 1, 3, 5, 7, 8, 10, 12, 14, 9, 11, 13, 15])
    #expect(try bias("k") == bias("q") && bias("v") == values)
    let biases = try #require(try QuantizedModel(quantizing: FloatModel(gguf: llama), positions: 2).layers[0].biases)
    #expect(biases.output == nil && biases.query.first == 0 && biases.query[1] > 0)
    file.tensors.append(("blk.0.attn_output.bias", [16], 0, GGUFBytes.floats(values)))
    let four = try GGUFModel(bytes: file.data, name: "x.gguf")
    #expect(four.configuration.biasedProjections == .all)
    #expect(try QuantizedModel(quantizing: FloatModel(gguf: four), positions: 2).layers[0].biases?.output != nil)
    // A Qwen2 has the first three, whatever its file says.
    let plain = try qwen2File()
    #expect(plain.configuration.biasedProjections == .queryKeyValue)
    let error = #expect(throws: ModelError.self) { try FloatModel(gguf: plain) }
    #expect(error?.description.contains("self_attn.q_proj.bias") == true)
  }

  private func qwen2File() throws -> GGUFModel {
    var file = GGUFBytes.withTokenizer()
    file.metadata = file.metadata.map { key, value in
      key == "general.architecture"
        ? (key, .text("qwen2")) : (key.replacingOccurrences(of: "llama.", with: "qwen2."), value)
    }
    return try GGUFModel(bytes: file.data, name: "x.gguf")
  }
}
