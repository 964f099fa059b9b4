public import Foundation
import Model

/// A model with random weights of any shape, for measuring without downloading: the same bytes for the same shape and
/// seed on every machine.
public struct RandomModel: Sendable {
  private let model: SyntheticModel

  /// Reads the shape.
  ///
  /// - Parameters:
  ///   - config: the file config.json.
  ///   - seed: what all weights are derived from.
  ///   - outliers: roughly how large a few channels of the residual stream become at the beginning token, positive and
  ///     finite, as they do in trained models; nil for none.
  /// - Throws: `missingInput` or `unusableModel`, also for a vocabulary without room for all bytes.
  public init(config: URL, seed: UInt64, outliers: Double? = nil) throws {
    model = try LayerFoldError.translating {
      try SyntheticModel(
        configuration: ModelConfiguration(file: config), seed: seed,
        outliers: outliers.map { SyntheticModel.Outliers(channels: 2, magnitude: Float($0)) })
    }
  }

  /// Bytes of its weights.
  public var weightBytes: Int { model.weightBytes }

  /// Writes config.json, model.safetensors (BF16) and a byte-level tokenizer.json to a folder that does not exist yet or
  /// is empty.
  ///
  /// - Throws: `cannotCreate`; then the folder is as it was.
  public func write(to folder: URL) throws {
    do {
      try model.write(to: folder)
    } catch ModelError.unwritableFile(let path, let reason) {
      throw LayerFoldError.cannotCreate(path: path, reason: reason)
    }
  }
}
