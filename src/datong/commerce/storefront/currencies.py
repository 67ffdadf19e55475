"""Currencies that a storefront may trade in: those of ISO 4217 in circulation whose minor unit is a hundredth.

Amounts are whole minor units everywhere; what people type, import and are shown is read with two decimals. A currency
of another exponent (JPY none, KWD three) would be off by a power of ten in some of these places, so it is refused.
"""

from datong.kernel.refusal import Invalid

_HUNDREDTHS = """
    AED AFN ALL AMD ANG AOA ARS AUD AWG AZN BAM BBD BDT BGN BMD BND BOB BRL BSD BTN BWP BYN BZD CAD CDF CHF CNY COP CRC
    CUP CVE CZK DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GTQ GYD HKD HNL HTG HUF IDR ILS INR IRR JMD KES
    KGS KHR KPW KYD KZT LAK LBP LKR LRD LSL MAD MDL MGA MKD MMK MNT MOP MRU MUR MVR MWK MXN MYR MZN NAD NGN NIO NOK NPR
    NZD PAB PEN PGK PHP PKR PLN QAR RON RSD RUB SAR SBD SCR SDG SEK SGD SHP SLE SOS SRD SSP STN SVC SYP SZL THB TJS TMT
    TOP TRY TTD TWD TZS UAH USD UYU UZS VES WST XCD YER ZAR ZMW ZWL
"""
_OTHERS = """
    BHD BIF CLF CLP DJF GNF IQD ISK JOD JPY KMF KRW KWD LYD OMR PYG RWF TND UGX UYI UYW VND VUV XAF XOF XPF
"""
HUNDREDTHS, OTHER_EXPONENTS = frozenset(_HUNDREDTHS.split()), frozenset(_OTHERS.split())


class ExponentUnsupported(Invalid):
    """Money of this currency is not counted in hundredths."""

    code = "storefront.exponent_unsupported"

    def __init__(self, currency: str) -> None:
        super().__init__("currency", currency)
        self.currency = currency


def check_currency(code: str) -> str:
    """The code. Refuses `Invalid` for one that is none, `ExponentUnsupported` for one not counted in hundredths."""
    if code in OTHER_EXPONENTS:
        raise ExponentUnsupported(code)
    if code not in HUNDREDTHS:
        raise Invalid("currency", "a code of ISO 4217 in capital letters, like CNY or EUR")
    return code
