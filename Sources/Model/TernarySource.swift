import Foundation

/// The tensors of a ternary checkpoint as those of an ordinary one: projections are unpacked and scaled when they are
/// asked for, everything else is read as it is.
struct TernarySource: TensorSource {
  /// The checkpoint.
  let packed: any TensorSource
  /// Its format.
  let format: TernaryFormat

  /// The checkpoint's name, used in messages.
  var name: String { packed.name }

  /// The names of all tensors except the scales of projections.
  var tensors: [String] { packed.tensors.filter { Self.projection(ofScale: $0) == nil } }

  /// The shape of a tensor after unpacking, or nil if there is no such tensor.
  func shape(of tensor: String) -> [Int]? {
    guard let shape = packed.shape(of: tensor), Self.isProjection(tensor), shape.count == 2 else {
      return packed.shape(of: tensor)
    }
    return [4 * shape[0], shape[1]]
  }

  /// The values of one tensor, a projection's unpacked and scaled; throws `missingTensor` or `unexpectedTensor`.
  func floats(_ tensor: String, shape: [Int]) throws -> [Float] {
    guard Self.isProjection(tensor) else { return try packed.floats(tensor, shape: shape) }
    let unit = try unit(of: tensor)
    return try trits(tensor, shape: shape).map { Float(Double($0) * unit) }
  }

  /// What t = 1 stands for in a projection; throws `missingTensor`, or `unexpectedTensor` unless it is a positive number.
  func unit(of projection: String) throws -> Double {
    let tensor = projection + "_scale"
    let scale = try packed.floats(tensor, shape: [1])[0]
    let unit = format.unit(weightScale: scale)
    guard unit.isFinite, unit > 0 else {
      throw ModelError.unexpectedTensor(
        file: name, tensor: tensor, found: "the scale \(scale)", expected: "a positive number")
    }
    return unit
  }

  /// The ternary weights of a projection of this shape, row-major; throws `missingTensor` or `unexpectedTensor`.
  func trits(_ projection: String, shape: [Int]) throws -> [Int16] {
    func unexpected(_ found: String, _ expected: String) -> ModelError {
      .unexpectedTensor(file: name, tensor: projection, found: found, expected: expected)
    }
    guard shape[0] % 4 == 0 else { throw unexpected("\(shape[0]) rows", "a multiple of 4") }
    let bytes = try packed.bytes(projection, shape: [shape[0] / 4, shape[1]])
    var trits: [Int16] = []
    trits.reserveCapacity(4 * bytes.count)
    for place in 0..<4 {
      for byte in bytes {
        let digit = byte >> UInt8(2 * place) & 3
        guard digit < 3 else { throw unexpected("a pair of bits that is no weight", "-1, 0 or 1") }
        trits.append(Int16(digit) - 1)
      }
    }
    return trits
  }

  private static func isProjection(_ tensor: String) -> Bool {
    tensor.hasPrefix("model.layers.") && tensor.hasSuffix("_proj.weight")
  }

  private static func projection(ofScale tensor: String) -> String? {
    guard tensor.hasSuffix("_scale") else { return nil }
    let projection = String(tensor.dropLast(6))
    return isProjection(projection) ? projection : nil
  }
}
