import Foundation

/// A GGUF file made for a test, with every length and count open to lies.
struct GGUFBytes {
  /// A metadata value.
  enum Value {
    case integer(Int)
    case number(Float)
    case truth(UInt8)
    case text(String)
    case texts([String])
    case integers([Int])
    /// A scalar of this type: a 64-bit number, then bytes.
    case raw(UInt32, UInt64, Data)
    /// An array of this type and length, then bytes.
    case rawArray(UInt32, UInt64, Data)
  }

  var magic: UInt32 = 0x4655_4747
  var version: UInt32 = 3
  var tensorCount: UInt64?
  var metadataCount: UInt64?
  var offsetOfLast: UInt64?
  var metadata: [(String, Value)] = []
  /// Axes are the fastest first, as in files.
  var tensors: [(name: String, shape: [Int], type: UInt32, data: Data)] = []

  /// The whole file.
  var data: Data {
    var file = Self.integer(magic) + Self.integer(version) + Self.integer(tensorCount ?? UInt64(tensors.count))
    file += Self.integer(metadataCount ?? UInt64(metadata.count))
    for (key, value) in metadata { file += Self.text(key) + Self.encode(value) }
    var body = Data()
    for (index, tensor) in tensors.enumerated() {
      file += Self.text(tensor.name) + Self.integer(UInt32(tensor.shape.count))
      for length in tensor.shape { file += Self.integer(UInt64(length)) }
      let isLast = index == tensors.count - 1
      file += Self.integer(tensor.type) + Self.integer((isLast ? offsetOfLast : nil) ?? UInt64(body.count))
      body += tensor.data
      if !isLast { body.append(Data(count: (32 - body.count % 32) % 32)) }
    }
    file.append(Data(count: (32 - file.count % 32) % 32))
    return file + body
  }

  /// Metadata of a LLaMA with one layer and two heads.
  static func smallLLaMA(hidden: Int) -> [(String, Value)] {
    [
      ("general.architecture", .text("llama")), ("llama.embedding_length", .integer(hidden)),
      ("llama.block_count", .integer(1)), ("llama.feed_forward_length", .integer(8)),
      ("llama.attention.head_count", .integer(2)), ("llama.context_length", .integer(64)),
      ("llama.attention.layer_norm_rms_epsilon", .number(1e-5)),
    ]
  }

  /// A whole model: d 16, two heads of 8, tied head, 260 tokens of which `ab`, `12` and two specials are more than bytes.
  static func withTokenizer() -> GGUFBytes {
    var file = GGUFBytes()
    var tokens = (0..<256).map { byte -> String in
      let printable = (33...126).contains(byte) || (161...172).contains(byte) || (174...255).contains(byte)
      let others = (0..<byte).filter {
        !((33...126).contains($0) || (161...172).contains($0) || (174...255).contains($0))
      }
      return String(UnicodeScalar(UInt32(printable ? byte : 256 + others.count)).map { Character($0) } ?? "?")
    }
    tokens += ["ab", "12", "<s>", "</s>"]
    file.metadata =
      smallLLaMA(hidden: 16) + [
        ("tokenizer.ggml.model", .text("gpt2")), ("tokenizer.ggml.pre", .text("gpt-2")),
        ("tokenizer.ggml.tokens", .texts(tokens)), ("tokenizer.ggml.merges", .texts(["a b", "1 2"])),
        ("tokenizer.ggml.token_type", .integers(Array(repeating: 1, count: 258) + [3, 3])),
        ("tokenizer.ggml.bos_token_id", .integer(258)), ("tokenizer.ggml.eos_token_id", .integer(259)),
      ]
    func ones(_ name: String, _ shape: Int...) {
      let count = shape.reduce(1, *)
      file.tensors.append((name, shape, 0, floats((0..<count).map { Float($0 % 7) / 8 })))
    }
    ones("token_embd.weight", 16, 260)
    for name in ["attn_norm", "ffn_norm"] { ones("blk.0.\(name).weight", 16) }
    for name in ["attn_q", "attn_k", "attn_v", "attn_output"] { ones("blk.0.\(name).weight", 16, 16) }
    for name in ["ffn_gate", "ffn_up"] { ones("blk.0.\(name).weight", 16, 8) }
    ones("blk.0.ffn_down.weight", 8, 16)
    ones("output_norm.weight", 16)
    return file
  }

  /// Little-endian binary32.
  static func floats(_ values: [Float]) -> Data {
    values.reduce(into: Data()) { data, value in data += integer(value.bitPattern) }
  }

  private static func integer<Number: FixedWidthInteger>(_ value: Number) -> Data {
    withUnsafeBytes(of: value.littleEndian) { Data($0) }
  }

  private static func text(_ text: String) -> Data { integer(UInt64(text.utf8.count)) + Data(text.utf8) }

  private static func encode(_ value: Value) -> Data {
    let (type, array): (UInt32, UInt32) = (8, 9)
    switch value {
    case .integer(let value): return integer(UInt32(4)) + integer(UInt32(value))
    case .number(let value): return integer(UInt32(6)) + integer(value.bitPattern)
    case .truth(let value): return integer(UInt32(7)) + integer(value)
    case .text(let value): return integer(type) + text(value)
    case .texts(let values):
      return values.reduce(integer(array) + integer(type) + integer(UInt64(values.count))) { $0 + text($1) }
    case .integers(let values):
      return values.reduce(integer(array) + integer(UInt32(5)) + integer(UInt64(values.count))) {
        $0 + integer(Int32($1))
      }
    case .raw(let type, let number, let bytes): return integer(type) + integer(number) + bytes
    case .rawArray(let type, let count, let bytes): return integer(array) + integer(type) + integer(count) + bytes
    }
  }
}
