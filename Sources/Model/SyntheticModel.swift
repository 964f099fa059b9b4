package import Foundation

/// A checkpoint with random weights of any shape, for measuring without downloading: config.json, model.safetensors and
/// a byte-level tokenizer.json, the same bytes for the same shape, seed and format on every machine.
///
/// Weights are nearly normal, scaled so that activations keep the size they have in a trained model: embeddings of
/// deviation 1 (1 / sqrt(d) if the head is tied to them), matrices of deviation 1 / sqrt(inputs), the two that add to
/// the residual stream smaller by sqrt(2 layers), and norm gains near 1.
package struct SyntheticModel: Sendable {
  /// The number format of the weights.
  package enum Format: String, Sendable {
    /// Binary32.
    case single = "F32"
    /// The upper half of binary32, as published LLaMAs have it.
    case brain = "BF16"
  }

  /// Channels of the residual stream that are far larger than all others at the beginning token, as trained LLaMAs have
  /// them: one feed-forward channel of the first layer answers to that token's embedding and drives them.
  package struct Outliers: Equatable, Sendable {
    /// How many channels, spread evenly.
    package let channels: Int
    /// Roughly their absolute values, alternating in sign.
    package let magnitude: Float

    /// Takes both as they are.
    package init(channels: Int, magnitude: Float) {
      self.channels = channels
      self.magnitude = magnitude
    }
  }

  /// The shape.
  package let configuration: ModelConfiguration
  /// What all weights are derived from.
  package let seed: UInt64
  /// How they are stored.
  package let format: Format
  /// Large channels, if any.
  package let outliers: Outliers?

  /// Checks the shape; throws `malformedField`.
  package init(
    configuration: ModelConfiguration, seed: UInt64, format: Format = .brain, outliers: Outliers? = nil
  ) throws {
    try configuration.validate()
    let specials = Set(configuration.endTokens + [configuration.beginningToken ?? 0]).count
    guard configuration.vocabularySize >= 256 + specials else {
      throw ModelError.malformedField(
        file: "config.json", field: "vocab_size",
        expected: "at least \(256 + specials), for all bytes and special tokens")
    }
    let rows = [
      configuration.hiddenSize, configuration.intermediateSize, configuration.queryChannels,
      configuration.keyValueChannels,
    ]
    guard configuration.ternaryFormat == nil || (outliers == nil && rows.allSatisfy { $0 % 4 == 0 }) else {
      throw ModelError.malformedField(
        file: "config.json", field: "quantization_config", expected: "rows in multiples of 4, and no outliers")
    }
    self.configuration = configuration
    self.seed = seed
    self.format = format
    self.outliers = outliers
  }

  /// Writes the three files into `directory`, which does not exist yet or is empty; memory stays small. They are written
  /// into a folder beside it, which gets its name when they are complete. Throws `unwritableFile`.
  package func write(to directory: URL) throws {
    let manager = FileManager.default
    func unwritable(_ reason: String) -> ModelError {
      .unwritableFile(file: directory.relativePath, reason: reason)
    }
    let name = directory.standardizedFileURL.lastPathComponent
    let draft = directory.standardizedFileURL.deletingLastPathComponent()
      .appendingPathComponent(".\(name).\(UUID().uuidString).partial")
    do {
      if manager.fileExists(atPath: directory.path) {
        guard try manager.contentsOfDirectory(atPath: directory.path).isEmpty else {
          throw unwritable("the folder is not empty")
        }
      }
      try manager.createDirectory(at: draft, withIntermediateDirectories: false)
      try configurationJSON().write(to: draft.appendingPathComponent("config.json"))
      try tokenizerJSON().write(to: draft.appendingPathComponent("tokenizer.json"))
      try writeWeights(to: draft.appendingPathComponent("model.safetensors"))
      if rename(draft.path, directory.path) != 0 { throw unwritable(String(cString: strerror(errno)).lowercased()) }
    } catch {
      // What cannot be removed cannot be helped; the error is the one to report.
      _ = Result { try manager.removeItem(at: draft) }
      throw error as? ModelError ?? unwritable("writing failed")
    }
  }

  private func writeWeights(to url: URL) throws {
    try Data().write(to: url)
    let file = try FileHandle(forWritingTo: url)
    try file.write(contentsOf: header())
    for (index, tensor) in tensors.enumerated() {
      var random = NormalGenerator(seed: seed, stream: UInt64(index))
      let outliers = outlierWeights(tensor)
      var written = 0
      while written < tensor.count {
        let count = min(1 << 18, tensor.count - written)
        var values = (0..<count).map { _ in tensor.mean + tensor.deviation * random.next() }
        for (place, value) in outliers where (written..<written + count).contains(place) {
          values[place - written] = value
        }
        try file.write(contentsOf: bytes(of: values, as: tensor.storage))
        written += count
      }
    }
    try file.close()
  }

  /// The weights, by index in `tensor`, that make the large channels.
  ///
  /// The beginning token's embedding is a pattern of signs; gate and up of channel 0 in the first layer are `response` for
  /// it, so that its hidden activation is near the square of `response`.
  private func outlierWeights(_ tensor: Tensor) -> [(place: Int, value: Float)] {
    guard let outliers else { return [] }
    let (hidden, inner, response) = (configuration.hiddenSize, configuration.intermediateSize, Float(16))
    var random = NormalGenerator(seed: seed, stream: .max)
    let signs = (0..<hidden).map { _ in random.next() < 0 ? Float(-1) : 1 }
    switch tensor.name {
    case "model.embed_tokens.weight":
      let row = (configuration.beginningToken ?? 0) * hidden
      return signs.enumerated().map { (row + $0, tensor.deviation * $1) }
    case "model.layers.0.mlp.gate_proj.weight", "model.layers.0.mlp.up_proj.weight":
      return signs.enumerated().map { ($0, response / Float(hidden) * $1) }
    case "model.layers.0.mlp.down_proj.weight":
      return (0..<outliers.channels).map { channel in
        let value = outliers.magnitude / (response * response)
        return (channel * hidden / outliers.channels * inner, channel % 2 == 0 ? value : -value)
      }
    default: return []
    }
  }

  private func bytes(of values: [Float], as storage: Storage) -> Data {
    if storage == .packed { return packed(values) }
    let format = storage == .scale ? .single : format
    var data = Data(capacity: 4 * values.count)
    for value in values {
      switch format {
      case .single: withUnsafeBytes(of: value.bitPattern.littleEndian) { data.append(contentsOf: $0) }
      case .brain:
        // Rounds to nearest: weights are finite and far from the largest number.
        let bits = UInt16(truncatingIfNeeded: (value.bitPattern &+ 0x8000) >> 16)
        withUnsafeBytes(of: bits.littleEndian) { data.append(contentsOf: $0) }
      }
    }
    return data
  }
}

extension SyntheticModel {
  /// Four weights to a byte: 1 and -1 where a nearly normal number is in its upper or lower third, else 0.
  private func packed(_ values: [Float]) -> Data {
    var data = Data(capacity: values.count / 4)
    for start in stride(from: 0, to: values.count, by: 4) {
      data.append(
        values[start..<start + 4].reduce(UInt8(0)) { $0 << 2 | ($1 > 0.43 ? 2 : $1 < -0.43 ? 0 : 1) })
    }
    return data
  }
}

/// Nearly normal numbers: each the sum of four uniform 16-bit numbers, centred and scaled to deviation 1; at most 3.47.
struct NormalGenerator {
  private var state: UInt64

  /// The stream of one tensor.
  init(seed: UInt64, stream: UInt64) {
    state = seed
    state = next64() ^ (stream &* 0xd134_2543_de82_ef95)
    state = next64()
  }

  /// SplitMix64.
  private mutating func next64() -> UInt64 {
    state &+= 0x9e37_79b9_7f4a_7c15
    var z = state
    z = (z ^ (z >> 30)) &* 0xbf58_476d_1ce4_e5b9
    z = (z ^ (z >> 27)) &* 0x94d0_49bb_1331_11eb
    return z ^ (z >> 31)
  }

  /// Exact integer sum, then one rounding.
  mutating func next() -> Float {
    let bits = next64()
    let sum = (bits & 0xffff) + (bits >> 16 & 0xffff) + (bits >> 32 & 0xffff) + (bits >> 48)
    return (Float(sum) - 131_070) * Float(0x1.bb67aep-16)  // sqrt(3) / 2^16
  }
}
