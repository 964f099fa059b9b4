package import Foundation

/// A LLaMA in a GGUF file of llama.cpp, with tensors under their names in the transformers library.
///
/// Files of the architecture `llama` hold the rows of query and key in pairs that rotate together, [head, p, s]; they
/// are brought back to halves, [head, s, p]. Files of `qwen2` hold them in halves already. The stretching of rotary
/// frequencies is stored as a tensor of divisors; its four constants are found again, or the file is refused.
package struct GGUFModel: TensorSource {
  /// The shape, from the metadata.
  package let configuration: ModelConfiguration
  /// The file's metadata and tensors.
  let file: GGUFFile
  private let hasPairedRows: Bool
  private let nameInFile: [String: String]

  /// The file's name, used in messages.
  package var name: String { file.name }
  /// The names of all tensors, ascending.
  package var tensors: [String] { nameInFile.keys.sorted() }

  /// Opens a file; throws `unreadableFile`, `malformedGGUF`, `malformedField`, `unsupported` or `unexpectedTensor`.
  package init(file url: URL) throws {
    try self.init(GGUFFile(file: url))
  }

  /// Takes the bytes of a file called `name` in messages; throws as ``init(file:)`` does.
  package init(bytes: Data, name: String) throws {
    try self.init(GGUFFile(bytes: bytes, name: name))
  }

  private init(_ file: GGUFFile) throws {
    self.file = file
    configuration = try file.configuration()
    hasPairedRows = file.metadata["general.architecture"] == .text("llama")
    var names: [String: String] = [:]
    for tensor in file.entries.keys where tensor != GGUFFile.rotaryDivisors {
      names[Self.name(of: tensor)] = tensor
    }
    nameInFile = names
  }

  /// The shape that a tensor is stored with, or nil if there is no such tensor.
  package func shape(of tensor: String) -> [Int]? {
    nameInFile[tensor].flatMap { file.entries[$0]?.shape }
  }

  /// The values of one tensor in row-major order, rows as in the transformers library; throws `missingTensor` or
  /// `unexpectedTensor`.
  package func floats(_ tensor: String, shape: [Int]) throws -> [Float] {
    guard let stored = nameInFile[tensor], let entry = file.entries[stored] else {
      throw ModelError.missingTensor(file: name, tensor: tensor)
    }
    func unexpected(_ found: String, _ expected: String) -> ModelError {
      .unexpectedTensor(file: name, tensor: stored, found: found, expected: expected)
    }
    guard entry.shape == shape else { throw unexpected("shape \(entry.shape)", "shape \(shape)") }
    guard let values = file.values(entry) else { throw unexpected("a value that is not ternary", "-1, 0 or 1") }
    guard values.allSatisfy({ $0.isFinite }) else { throw unexpected("a value that is not finite", "finite values") }
    let isRotated = tensor.contains(".self_attn.q_proj.") || tensor.contains(".self_attn.k_proj.")
    return hasPairedRows && isRotated ? unpaired(values, rows: shape[0]) : values
  }

  /// Row [head, p, s] of every head moves to [head, s, p].
  private func unpaired(_ values: [Float], rows: Int) -> [Float] {
    let (columns, half) = (values.count / rows, configuration.halfHead)
    var result: [Float] = []
    result.reserveCapacity(values.count)
    for row in 0..<rows {
      let (head, channel) = (row / (2 * half), row % (2 * half))
      let source = head * 2 * half + channel % half * 2 + channel / half
      result += values[source * columns..<(source + 1) * columns]
    }
    return result
  }

  private static let layerNames = [
    "attn_norm": "input_layernorm", "attn_q": "self_attn.q_proj", "attn_k": "self_attn.k_proj",
    "attn_v": "self_attn.v_proj", "attn_output": "self_attn.o_proj", "ffn_norm": "post_attention_layernorm",
    "ffn_gate": "mlp.gate_proj", "ffn_up": "mlp.up_proj", "ffn_down": "mlp.down_proj",
  ]

  /// The name in the transformers library, or the name itself if there is none.
  private static func name(of tensor: String) -> String {
    switch tensor {
    case "token_embd.weight": return "model.embed_tokens.weight"
    case "output_norm.weight": return "model.norm.weight"
    case "output.weight": return "lm_head.weight"
    default: break
    }
    let parts = tensor.split(separator: ".", omittingEmptySubsequences: false).map { String($0) }
    guard parts.count == 4, parts[0] == "blk", let name = layerNames[parts[2]] else { return tensor }
    return "model.layers.\(parts[1]).\(name).\(parts[3])"
  }
}

extension FloatModel {
  /// Reads all weights of a GGUF file; throws `missingTensor` or `unexpectedTensor`.
  package init(gguf model: GGUFModel) throws {
    try self.init(configuration: model.configuration, weights: model)
  }
}
