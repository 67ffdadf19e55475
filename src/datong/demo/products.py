"""What the demo town sells: 17 verticals, eight kinds of goods each. Invented; any likeness to a brand is chance.

A line: English | Chinese | picture (code point of an emoji) | price in yuan | options (colours, sizes …).
Source of the verticals: domain.md §2.
"""

COLOURS = ("colour", {"en": "Colour", "zh": "颜色"})
SIZES = ("size", {"en": "Size", "zh": "尺码"})
CAPACITY = ("capacity", {"en": "Capacity", "zh": "容量"})
PACK = ("pack", {"en": "Pack", "zh": "规格"})
OPTIONS: dict[str, tuple[tuple[str, dict[str, str]], tuple[str, ...]]] = {
    "c": (COLOURS, ("Ink 墨黑", "Cloud 云白", "Moss 苔绿")),
    "s": (SIZES, ("S", "M", "L", "XL")),
    "f": (SIZES, ("37", "39", "41", "43")),
    "g": (CAPACITY, ("128 GB", "256 GB", "512 GB")),
    "p": (PACK, ("1×", "3×", "6×")),
    "-": (PACK, ()),
}

PRODUCTS: dict[str, tuple[str, ...]] = {
    "apparel": (
        "Linen summer dress|亚麻夏日连衣裙|1f457|269|s", "Cotton crew T-shirt|纯棉圆领T恤|1f455|79|s",
        "Denim jeans|直筒牛仔裤|1f456|199|s", "Wool winter coat|羊毛大衣|1f9e5|899|s",
        "Silk scarf|真丝围巾|1f9e3|159|c", "Knitted gloves|针织手套|1f9e4|49|c",
        "Straw sun hat|草编遮阳帽|1f452|89|c", "Cotton socks, five pairs|棉袜五双装|1f9e6|39|c"),
    "shoes-bags": (
        "Running shoes|缓震跑鞋|1f45f|459|f", "Leather ankle boots|真皮短靴|1f462|599|f",
        "Canvas backpack|帆布双肩包|1f392|189|c", "Everyday handbag|通勤手提包|1f45c|329|c",
        "Hiking boots|徒步登山鞋|1f97e|529|f", "Ballet flats|芭蕾平底鞋|1fa70|239|f",
        "Cabin suitcase|登机行李箱|1f9f3|399|c", "Garden clogs|洞洞鞋|1fa74|69|f"),
    "beauty": (
        "Velvet lipstick|丝绒口红|1f484|129|c", "Moisturising cream|保湿面霜|1f9f4|168|p",
        "Handmade soap|手工香皂|1f9fc|29|p", "Nail polish set|指甲油套装|1f485|59|c",
        "Bamboo toothbrushes|竹制牙刷|1faa5|25|p", "Bath sponge|沐浴球|1f9fd|15|c",
        "Wooden comb|檀木梳|1faae|45|-", "Shaving razor|手动剃须刀|1fa92|79|-"),
    "electronics": (
        "Smartphone Aurora 5|极光5 智能手机|1f4f1|2999|g", "Thin laptop 14|轻薄笔记本14|1f4bb|5499|g",
        "Studio headphones|监听耳机|1f3a7|799|c", "Mirrorless camera|微单相机|1f4f7|4299|-",
        "Smart watch|智能手表|231a|999|c", "Mechanical keyboard|机械键盘|2328-fe0f|369|c",
        "Game controller|游戏手柄|1f3ae|259|c", "Pocket radio|便携收音机|1f4fb|129|-"),
    "appliances": (
        "55-inch television|55英寸电视|1f4fa|2799|-", "Desk fan|台式风扇|1faad|119|c",
        "Rice cooker|电饭煲|1f35a|299|-", "Espresso machine|意式咖啡机|2615|1299|c",
        "Kettle|电热水壶|1fad6|99|c", "LED bulb|LED灯泡|1f4a1|19|p",
        "Alarm clock|智能闹钟|23f0|89|c", "Toaster|多士炉|1f35e|159|c"),
    "home": (
        "Two-seat sofa|双人布艺沙发|1f6cb-fe0f|1899|c", "Oak chair|橡木餐椅|1fa91|399|-",
        "Standing mirror|落地镜|1fa9e|259|-", "Bath tub tray|浴缸置物架|1f6c1|89|-",
        "Scented candle|香薰蜡烛|1f56f-fe0f|59|c", "Picture frame|实木相框|1f5bc-fe0f|49|p",
        "Storage basket|编织收纳篮|1f9fa|45|c", "Double bed|实木双人床|1f6cf-fe0f|2299|-"),
    "mother-baby": (
        "Feeding bottle|宽口径奶瓶|1f37c|69|p", "Baby clothes set|婴儿服套装|1f9d2|129|s",
        "Soft teddy bear|安抚小熊|1f9f8|79|c", "Building blocks|启蒙积木|1f9f1|149|-",
        "Baby chick night light|小鸡夜灯|1f425|59|-", "Bath duck|洗澡小鸭|1f986|25|p",
        "Wooden rattle|木质摇铃|1fa87|35|-", "Balloon party set|生日气球套装|1f388|29|-"),
    "fresh": (
        "Red strawberries, 1 kg|红颜草莓 1千克|1f353|45|p", "Cherries, 500 g|车厘子 500克|1f352|59|p",
        "Avocados, six|牛油果 六个装|1f951|39|p", "Norway salmon, 400 g|挪威三文鱼 400克|1f363|88|-",
        "Farm eggs, thirty|农家土鸡蛋 30枚|1f95a|49|-", "Mangoes, 2 kg|台农芒果 4斤|1f96d|36|p",
        "Fresh milk, 1 L|鲜牛奶 1升|1f95b|16|p", "Hot pot base|牛油火锅底料|1f372|25|p"),
    "household": (
        "Paper towels|厨房纸巾|1f9fb|29|p", "Laundry liquid|洗衣液|1f9f4|39|p",
        "Corn broom|高粱扫帚|1f9f9|25|-", "Bucket with wringer|旋转拖把桶|1faa3|89|-",
        "Green tea, 250 g|明前绿茶 250克|1f375|128|p", "Rice, 5 kg|五常大米 5千克|1f33e|69|-",
        "Salt and pepper|椒盐研磨瓶|1f9c2|19|p", "Umbrella|晴雨伞|2602-fe0f|49|c"),
    "sports": (
        "Match football|比赛足球|26bd|129|-", "Basketball|室外篮球|1f3c0|139|-",
        "Badminton set|羽毛球拍套装|1f3f8|99|c", "Camping tent|三人露营帐篷|26fa|359|c",
        "Yoga mat|加厚瑜伽垫|1f9d8|79|c", "Mountain bicycle|山地自行车|1f6b2|1299|c",
        "Swimming goggles|防雾泳镜|1f97d|59|c", "Skateboard|双翘滑板|1f6f9|199|c"),
    "jewellery": (
        "Silver ring|925银戒指|1f48d|199|-", "Pearl necklace|淡水珍珠项链|1f4ff|399|-",
        "Diamond pendant|钻石吊坠|1f48e|1999|-", "Hourglass|沙漏摆件|23f3|59|-",
        "Mantel clock|座钟|1f570-fe0f|459|-", "Crown brooch|皇冠胸针|1f451|89|-",
        "Reading glasses|老花镜|1f453|79|c", "Sunglasses|偏光太阳镜|1f576-fe0f|159|c"),
    "auto": (
        "Dashboard camera|行车记录仪|1f4f9|329|g", "Car vacuum|车载吸尘器|1f699|159|-",
        "Tool box|工具箱套装|1f9f0|199|-", "Tyre pump|车载充气泵|1f6de|129|-",
        "Jump cables|搭火线|1f50c|49|-", "Seat cushion|汽车坐垫|1fa91|139|c",
        "Motorcycle helmet|摩托车头盔|1fa96|299|c", "First-aid kit|车载急救包|1fa79|69|-"),
    "pets-flowers": (
        "Dog food, 5 kg|全价犬粮 5千克|1f436|168|-", "Cat scratcher|猫抓板|1f431|39|-",
        "Hamster house|仓鼠木屋|1f439|45|-", "Fish tank|桌面鱼缸|1f420|159|-",
        "Rose bouquet|玫瑰花束|1f339|129|c", "Sunflower seeds|向日葵种子|1f33b|9|p",
        "Potted cactus|仙人掌盆栽|1f335|19|-", "Bonsai pine|盆景松|1fab4|199|-"),
    "toys": (
        "Jigsaw, 1000 pieces|拼图1000片|1f9e9|69|-", "Kite|燕子风筝|1fa81|39|c",
        "Yo-yo|专业悠悠球|1fa80|49|c", "Nesting dolls|套娃|1fa86|89|-",
        "Robot kit|编程机器人|1f916|399|-", "Dice set|桌游骰子组|1f3b2|29|c",
        "Model rocket|火箭模型|1f680|149|-", "Water pistol|水枪|1f52b|35|c"),
    "books": (
        "History of the Silk Road|丝路史话|1f4da|58|-", "Learn to cook, 300 recipes|家常菜300例|1f4d7|39|-",
        "Notebook, dotted|点阵笔记本|1f4d3|19|c", "Violin for beginners|入门小提琴|1f3bb|599|-",
        "Ukulele|尤克里里|1f3b8|199|c", "Vinyl record: Night rain|黑胶唱片 夜雨|1f4bf|169|-",
        "Watercolour set|固体水彩|1f3a8|89|-", "Fountain pen|钢笔|1f58b-fe0f|129|c"),
    "health": (
        "Thermometer|电子体温计|1f321-fe0f|49|-", "Vitamin C|维生素C|1f48a|59|p",
        "Face masks, fifty|医用口罩50只|1f637|25|p", "Blood pressure meter|电子血压计|1fa7a|199|-",
        "Plasters|创可贴|1fa79|12|p", "Ginseng|长白山人参|1fadb|299|-",
        "Honey, 500 g|土蜂蜜 500克|1f36f|68|p", "Goji berries|宁夏枸杞|1fad0|39|p"),
    "services": (
        "Cinema ticket|电影兑换券|1f3ab|39|-", "Museum pass|博物馆年票|1f3db-fe0f|120|-",
        "Language lesson|外语一对一课|1f5e3-fe0f|99|p", "Home cleaning, 2 h|保洁两小时|1f9fd|89|-",
        "Photo session|写真拍摄|1f4f8|399|-", "Gift card|礼品卡|1f381|100|p",
        "Hotel night|酒店一晚|1f3e8|299|-", "Tea tasting|茶艺体验|1f375|68|-"),
}  # fmt: skip

SERIES: tuple[tuple[str, str, int], ...] = (
    ("Classic", "经典款", 100), ("Studio", "匠心款", 135), ("Value", "实惠装", 72),
)  # fmt: skip
"""Each kind comes in three series: English, Chinese, percent of the price."""

SHOPS: tuple[tuple[str, str, str, str, tuple[str, ...]], ...] = (
    ("market", "Willow Lane Clothing", "柳巷衣铺", "44", ("apparel",)),
    ("market", "Old Wang's Shoes", "老王鞋铺", "33", ("shoes-bags",)),
    ("market", "Morning Dew Care", "晨露个护", "31", ("beauty",)),
    ("market", "Circuit Corner", "电路拐角", "44", ("electronics", "appliances")),
    ("market", "Nine Steps Home", "九阶家居", "35", ("home",)),
    ("market", "Little Otter", "小水獭母婴", "32", ("mother-baby",)),
    ("market", "Green Slope Farm", "青坡农场", "53", ("fresh",)),
    ("market", "Corner Store", "街角百货", "37", ("household",)),
    ("market", "Ridge & River", "山河户外", "51", ("sports",)),
    ("market", "Moonstone Studio", "月石工坊", "33", ("jewellery",)),
    ("market", "Road Friend", "路友车品", "42", ("auto",)),
    ("market", "Paws and Petals", "爪与花", "53", ("pets-flowers",)),
    ("market", "The Toy Attic", "玩具阁楼", "44", ("toys",)),
    ("market", "Lamp Street Books", "灯街书屋", "11", ("books",)),
    ("market", "Hundred Herbs", "百草堂", "34", ("health",)),
    ("market", "Weekend Club", "周末俱乐部", "31", ("services",)),
    ("market", "Loom & Thread", "织梦布艺", "32", ("apparel", "home")),
    ("market", "Harvest Basket", "丰收篮", "13", ("fresh", "household")),
    ("mall", "Sanhe Flagship", "三禾旗舰店", "31", ("apparel",)),
    ("mall", "Treader Flagship", "踏途旗舰店", "35", ("shoes-bags",)),
    ("mall", "Lumé Flagship", "露美旗舰店", "31", ("beauty",)),
    ("mall", "Auric Flagship", "极光数码旗舰店", "44", ("electronics",)),
    ("mall", "Warmhearth Flagship", "暖炉电器旗舰店", "34", ("appliances",)),
    ("mall", "Oakline Flagship", "橡线家居旗舰店", "33", ("home",)),
    ("mall", "Cloudbaby Flagship", "云宝贝旗舰店", "32", ("mother-baby",)),
    ("mall", "Summit Gear Flagship", "顶峰户外旗舰店", "51", ("sports",)),
    ("mall", "Hengyue Flagship", "恒悦珠宝旗舰店", "44", ("jewellery",)),
    ("mall", "Puzzle Moon Flagship", "拼月旗舰店", "31", ("toys", "books")),
    ("mall", "Vitasun Flagship", "维阳健康旗舰店", "11", ("health", "household")),
    ("mall", "Wayfarer Flagship", "行者汽车旗舰店", "42", ("auto", "pets-flowers")),
)
"""Storefront, English name, Chinese name, region it ships from, verticals."""
