import Model

/// The room that texts left in every width of an integer model.
public struct HeadroomReport: Equatable, Sendable {
  /// Every width, layer by layer in the order of the computation, then the head.
  public let widths: [AccuracyReport.Width]
  /// The same as a table for people: bits, the fewest bits left, and the bits left layer by layer.
  public let table: String

  /// What was recorded.
  init(_ headroom: Headroom) {
    widths = headroom.entries.map {
      AccuracyReport.Width(layer: $0.layer, tensor: $0.tensor, bits: $0.width, used: $0.used)
    }
    table = headroom.table
  }
}

extension ProverKey {
  /// Runs the integer model over the texts that calibration reads and records the room left in every width. As costly
  /// as generating a thousand tokens.
  ///
  /// - Parameter calibration: the texts that `setup` was given besides its own, or nil.
  /// - Throws: `activationOverflow` if one of the texts does not fit, `unusablePrompt` for unknown tokens.
  public func headroom(calibration: TokenText? = nil) throws -> HeadroomReport {
    try LayerFoldError.translating {
      let samples = calibration?.text.windows(positions: model.quantized.parameters.positions) ?? []
      return HeadroomReport(try model.quantized.calibrationHeadroom(samples: samples))
    }
  }
}
