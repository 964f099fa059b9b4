/// The number formats of GGUF tensors that are read; blocks as ggml lays them out.
///
/// - seealso: `block_q8_0`, `block_tq1_0` and `block_tq2_0` in ggml-common.h and their dequantisation in ggml-quants.c.
enum GGUFTensorType: UInt32 {
  /// Binary32.
  case single = 0
  /// Binary16.
  case half = 1
  /// 32 values: a binary16 scale, 32 signed bytes.
  case bytes = 8
  /// The upper half of binary32.
  case brain = 30
  /// 256 ternary values: 48 bytes of five, 4 bytes of four, a binary16 scale.
  case ternaryDense = 34
  /// 256 ternary values: 64 bytes of four, a binary16 scale.
  case ternary = 35

  /// What files call the formats that are not read, by their numbers.
  private static let otherNames: [UInt32: String] = [
    2: "Q4_0", 3: "Q4_1", 6: "Q5_0", 7: "Q5_1", 9: "Q8_1", 10: "Q2_K", 11: "Q3_K", 12: "Q4_K", 13: "Q5_K", 14: "Q6_K",
    15: "Q8_K", 16: "IQ2_XXS", 17: "IQ2_XS", 18: "IQ3_XXS", 19: "IQ1_S", 20: "IQ4_NL", 21: "IQ3_S", 22: "IQ2_S",
    23: "IQ4_XS", 24: "I8", 25: "I16", 26: "I32", 27: "I64", 28: "F64", 29: "IQ1_M", 39: "MXFP4",
  ]

  /// The name of the format with number `type`, read or not.
  static func name(of type: UInt32) -> String { otherNames[type] ?? "number \(type)" }

  /// Values in a block.
  var blockValues: Int {
    switch self {
    case .single, .half, .brain: return 1
    case .bytes: return 32
    case .ternaryDense, .ternary: return 256
    }
  }

  /// Bytes of a block.
  var blockBytes: Int {
    switch self {
    case .single: return 4
    case .half, .brain: return 2
    case .bytes: return 34
    case .ternaryDense: return 54
    case .ternary: return 66
    }
  }

  /// The values of `data`, whole blocks; nil if a ternary value is none of -1, 0, 1.
  func values(_ data: UnsafeRawBufferPointer) -> [Float]? {
    let blocks = data.count / blockBytes
    var values: [Float] = []
    values.reserveCapacity(blocks * blockValues)
    for block in 0..<blocks {
      let start = block * blockBytes
      switch self {
      case .single: values.append(FloatFormat.single.load(data, block))
      case .half: values.append(FloatFormat.half.load(data, block))
      case .brain: values.append(FloatFormat.brain.load(data, block))
      case .bytes:
        let scale = Self.scale(data, start)
        for index in 0..<32 { values.append(scale * Float(Int8(bitPattern: data[start + 2 + index]))) }
      case .ternaryDense: Self.appendDense(data, start, to: &values)
      case .ternary:
        let scale = Self.scale(data, start + 64)
        for group in stride(from: start, to: start + 64, by: 32) {
          for shift in [0, 2, 4, 6] as [UInt8] {
            for index in group..<group + 32 {
              let digit = data[index] >> shift & 3
              if digit == 3 { return nil }
              values.append(scale * Float(Int(digit) - 1))
            }
          }
        }
      }
    }
    return values
  }

  private static func scale(_ data: UnsafeRawBufferPointer, _ offset: Int) -> Float {
    FloatFormat.widen(half: UInt32(UInt16(littleEndian: data.loadUnaligned(fromByteOffset: offset, as: UInt16.self))))
  }

  /// A byte q holds up to five ternary digits as the fraction q / 256; digit n is the integer part of 3 frac(3^n q / 256).
  private static func appendDense(_ data: UnsafeRawBufferPointer, _ start: Int, to values: inout [Float]) {
    let scale = scale(data, start + 52)
    func append(_ bytes: Range<Int>, digits: Int) {
      var power: UInt8 = 1
      for _ in 0..<digits {
        for index in bytes {
          let fraction = data[start + index] &* power
          values.append(scale * Float(Int((UInt16(fraction) * 3) >> 8) - 1))
        }
        power &*= 3
      }
    }
    append(0..<32, digits: 5)
    append(32..<48, digits: 5)
    append(48..<52, digits: 4)
  }
}
